// Seeded defects: each takes one protection out of the sources as they are loaded, to see which attack test notices. Plain
// CommonJS, since Node's loader and jest's transformer both need it before there is anything to load TypeScript with.
const { readFileSync } = require('node:fs');
const { join, relative, sep } = require('node:path');
const { parse } = require('yaml');

const repository = join(__dirname, '../..');

/** Every defect of defects.yaml. */
function defects() {
  return parse(readFileSync(join(__dirname, 'defects.yaml'), 'utf8'));
}

/** A source with the edits of a defect that are in this file; each must find its text exactly once. */
function patched(defect, file, text) {
  let result = text;
  for (const { find, replace } of defect.edits.filter((edit) => edit.file === file)) {
    const pieces = result.split(find);
    if (pieces.length !== 2)
      throw new Error(`defect ${defect.name}: its text is ${pieces.length - 1} times in ${file}:\n${find}`);
    result = pieces.join(replace);
  }
  return result;
}

let inForce;

/** The defect that the environment names; null where it names none. */
function defectInForce() {
  if (inForce !== undefined) return inForce;
  const name = process.env.CORDON_DEFECT;
  inForce = name === undefined || name === '' ? null : defects().find((each) => each.name === name);
  if (inForce === undefined) throw new Error(`CORDON_DEFECT: there is no defect ${name} in defects.yaml`);
  return inForce;
}

/** A source as it is to be loaded: with the defect in force, if any. */
function seeded(filename, text) {
  const defect = defectInForce();
  return defect === null ? text : patched(defect, relative(repository, filename).split(sep).join('/'), text);
}

module.exports = { defects, patched, defectInForce, seeded };
