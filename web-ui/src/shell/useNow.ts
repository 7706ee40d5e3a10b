import { useEffect, useState } from 'react';
import { serverNow } from '../api/client';

/** The server's time in milliseconds, once a second. */
export function useNow(): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
