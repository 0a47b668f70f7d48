'use strict';

function filmReport(films) {
  let nameWidth = 'Film'.length;
  let seatWidth = 'Visitors'.length;
  for (const film of films) {
    if (film.name.length > nameWidth) nameWidth = film.name.length;
    if (String(film.visitors).length > seatWidth) seatWidth = String(film.visitors).length;
  }
  const lines = [];
  lines.push('Film'.padEnd(nameWidth) + '  ' + 'Visitors'.padEnd(seatWidth));
  lines.push('-'.repeat(nameWidth) + '  ' + '-'.repeat(seatWidth));
  for (const film of films) {
    lines.push(film.name.padEnd(nameWidth) + '  ' + String(film.visitors).padStart(seatWidth));
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}

function roomReport(rooms) {
  let idWidth = 'Room'.length;
  let seatsWidth = 'Seats'.length;
  let noteWidth = 'Note'.length;
  for (const room of rooms) {
    if (String(room.id).length > idWidth) idWidth = String(room.id).length;
    if (String(room.seats).length > seatsWidth) seatsWidth = String(room.seats).length;
    if ((room.note || '').length > noteWidth) noteWidth = (room.note || '').length;
  }
  const lines = [];
  lines.push('Room'.padEnd(idWidth) + '  ' + 'Seats'.padEnd(seatsWidth) + '  ' + 'Note'.padEnd(noteWidth));
  lines.push('-'.repeat(idWidth) + '  ' + '-'.repeat(seatsWidth) + '  ' + '-'.repeat(noteWidth));
  for (const room of rooms) {
    lines.push(String(room.id).padStart(idWidth) + '  ' + String(room.seats).padStart(seatsWidth) + '  ' + (room.note || '').padEnd(noteWidth));
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}

module.exports = { filmReport, roomReport };
