import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import './style/base.css';
import './style/shell.css';
import './style/text.css';
import './style/approvals.css';
import './style/replay.css';

const root = document.getElementById('root');
if (root === null) {
  throw new Error('root: null (expected: the element of index.html)');
}
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
