import { memo, useState } from 'react';
import type { Column, Exchange } from '../api/views';
import { count, Inline } from '../text/Text';

const AT_ONCE = 50;

/** The columns, numbered where rows came without a description of them. */
function columnsOf(exchange: Exchange): Column[] {
  const width = Math.max(exchange.columns.length, ...exchange.rows.map((row) => row.length));
  return Array.from(
    { length: width },
    (_, index) => exchange.columns[index] ?? { name: `column ${index + 1}`, type: '' },
  );
}

/** The rows as the caller saw them, bounded; what is not shown is said. */
export const Rows = memo(function Rows({
  exchange,
  download,
}: {
  exchange: Exchange;
  download: string;
}) {
  const [most, setMost] = useState(AT_ONCE);
  const shown = exchange.rows.slice(0, most);
  const columns = columnsOf(exchange);
  const complete = !exchange.truncated && exchange.rows.length >= exchange.rowCount;
  return (
    <>
      <div className="scroll rows" tabIndex={0} role="region" aria-label="Rows the caller saw">
        <table className="list">
          <caption>Rows</caption>
          <thead>
            <tr>
              {columns.map((column, index) => (
                <th key={index} scope="col">
                  <Inline text={column.name} most={80} />
                  {column.type !== '' && (
                    <span className="type">
                      <Inline text={column.type} most={40} />
                    </span>
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              <tr key={index} data-testid="replay-row">
                {row.map((value, column) => (
                  <td key={column}>
                    {value === null ? <i className="null">NULL</i> : <Inline text={value} />}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="note">
        {shown.length === exchange.rowCount
          ? `${count(exchange.rowCount)} ${exchange.rowCount === 1 ? 'row' : 'rows'}`
          : `${count(shown.length)} of ${count(exchange.rowCount)} rows shown`}
        {exchange.truncated && exchange.rows.length >= exchange.rowCount && ', some values cut'}
        {shown.length < exchange.rows.length && (
          <>
            {' '}
            <button type="button" onClick={() => setMost(exchange.rows.length)}>
              Show {count(exchange.rows.length)}
            </button>
          </>
        )}
        {!complete && (
          <>
            ; everything is in the recording:{' '}
            <a href={download} download>
              download the bytes
            </a>
          </>
        )}
      </p>
    </>
  );
});
