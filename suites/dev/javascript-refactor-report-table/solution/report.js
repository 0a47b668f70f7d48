'use strict';

function aligned(cell, width) {
  return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width);
}

function table(headings, rows) {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => String(row[column]).length)));
  const dashes = widths.map((width) => '-'.repeat(width));
  return [headings, dashes, ...rows]
    .map((row) => row.map((cell, column) => aligned(cell, widths[column])).join('  ').trimEnd())
    .join('\n');
}

function filmReport(films) {
  return table(['Film', 'Visitors'], films.map(({ name, visitors }) => [name, visitors]));
}

function roomReport(rooms) {
  return table(['Room', 'Seats', 'Note'], rooms.map(({ id, seats, note }) => [id, seats, note || '']));
}

module.exports = { table, filmReport, roomReport };
