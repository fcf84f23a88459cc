/** The shell's value types and its JSON notation, as JavaScript that runs in the interpreter. `__host` holds what the program offers. */
export const types = String.raw`
"use strict";
function ObjectId(text) {
  if (!(this instanceof ObjectId)) return new ObjectId(text);
  if (text !== undefined && !/^[0-9a-fA-F]{24}$/.test(String(text))) throw Error("invalid object id: length");
  this.str = text === undefined ? __host.objectId() : String(text).toLowerCase();
}
ObjectId.prototype.toString = function() { return 'ObjectId("' + this.str + '")'; };
ObjectId.prototype.tojson = ObjectId.prototype.toString;
ObjectId.prototype.valueOf = function() { return this.str; };
ObjectId.prototype.equals = function(other) { return other instanceof ObjectId && other.str === this.str; };
ObjectId.prototype.getTimestamp = function() { return new Date(parseInt(this.str.substring(0, 8), 16) * 1000); };

function NumberLong(value) {
  if (!(this instanceof NumberLong)) return new NumberLong(value);
  this.text = String(value === undefined ? 0 : value);
}
NumberLong.prototype.toNumber = function() { return Number(this.text); };
NumberLong.prototype.valueOf = NumberLong.prototype.toNumber;
NumberLong.prototype.toString = function() {
  return Math.abs(Number(this.text)) < 2147483648 ? "NumberLong(" + this.text + ")" : 'NumberLong("' + this.text + '")';
};
NumberLong.prototype.tojson = NumberLong.prototype.toString;

function UUID(text) {
  if (!(this instanceof UUID)) return new UUID(text);
  this.text = text === undefined ? __host.uuid() : String(text);
}
UUID.prototype.toString = function() { return 'UUID("' + this.text + '")'; };
UUID.prototype.tojson = UUID.prototype.toString;

function NumberInt(value) { return Math.trunc(Number(value === undefined ? 0 : value)); }
function NumberDecimal(value) { return Number(value); }

const __Date = Date;
Date = function(...args) {
  if (!new.target) return new __Date(__host.now()).toString();
  return args.length === 0 ? new __Date(__host.now()) : new __Date(...args);
};
Date.prototype = __Date.prototype;
Date.prototype.constructor = Date;
Date.now = function() { return __host.now(); };
Date.UTC = __Date.UTC;
Date.parse = __Date.parse;
Date.prototype.tojson = function() { return 'ISODate("' + this.toISOString().replace(".000Z", "Z") + '")'; };
function ISODate(text) {
  if (text === undefined) return new Date();
  const date = new __Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? text : String(text).replace(" ", "T"));
  if (isNaN(date)) throw Error("invalid ISO date: " + text);
  return date;
}
for (const part of ["FullYear", "Month", "Date", "Day", "Hours", "Minutes", "Seconds", "Milliseconds"]) __Date.prototype["get" + part] = __Date.prototype["getUTC" + part];
__Date.prototype.getTimezoneOffset = function() { return 0; };
__Date.prototype.toString = function() {
  if (isNaN(this)) return "Invalid Date";
  const [day, date, month, year, time] = this.toUTCString().replace(",", "").split(" ");
  return day + " " + month + " " + date + " " + year + " " + time + " GMT+0000 (UTC)";
};
Math.random = function() { return __host.random(); };

function __encode(value) {
  return JSON.stringify(value, function(key, seen) {
    const given = this[key];
    if (given instanceof ObjectId) return { $oid: given.str };
    if (given instanceof __Date) return { $date: given.getTime() };
    if (given instanceof NumberLong) return { $numberLong: given.text };
    if (given instanceof UUID) return { $uuid: given.text };
    if (given instanceof RegExp) return { $regex: given.source, $options: given.flags };
    if (given instanceof DB) return given.getName();
    if (given === undefined) return null;
    return seen;
  });
}
function __decode(text) {
  return JSON.parse(text, function(_, value) {
    if (value !== null && typeof value === "object") {
      if (value.$oid !== undefined) return new ObjectId(value.$oid);
      if (value.$date !== undefined) return new __Date(value.$date);
      if (value.$numberLong !== undefined) return new NumberLong(value.$numberLong);
      if (value.$uuid !== undefined) return new UUID(value.$uuid);
    }
    return value;
  });
}

function __fields(object, indent, oneLine) {
  const keys = Object.keys(object);
  if (keys.length === 0) return "{ }";
  const inner = oneLine ? "" : indent + "\t";
  const gap = oneLine ? " " : "\n";
  const lines = keys.map((key) => inner + JSON.stringify(key) + " : " + tojson(object[key], oneLine ? "" : inner, oneLine));
  return "{" + gap + lines.join("," + gap) + gap + (oneLine ? "" : indent) + "}";
}
function __items(array, indent, oneLine) {
  if (array.length === 0) return "[ ]";
  const inner = oneLine ? "" : indent + "\t";
  const gap = oneLine ? " " : "\n";
  const lines = array.map((one) => inner + tojson(one, oneLine ? "" : inner, oneLine));
  return "[" + gap + lines.join("," + gap) + gap + (oneLine ? "" : indent) + "]";
}
/** Objects whose text is short come on one line, unless asked otherwise. */
function tojson(value, indent, nolint) {
  const at = indent === undefined || indent === null ? "" : indent;
  if (value === null) return "null";
  if (value === undefined) return "undefined";
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof DBCollection || value instanceof DB) return value.toString();
  if (typeof value !== "object") return String(value);
  if (typeof value.tojson === "function" && value.tojson !== tojson) return value.tojson(at, nolint);
  if (value instanceof RegExp) return value.toString();
  if (value instanceof Error) return value.toString();
  const text = Array.isArray(value) ? __items(value, at, nolint === true) : __fields(value, at, nolint === true);
  return (nolint === undefined || nolint === null || nolint === true) && text.length < 80 && at === "" ? text.replace(/[\t\r\n]+/gm, " ") : text;
}
function tojsononeline(value) { return tojson(value, " ", true); }
function print(...values) { __host.print(values.map((value) => typeof value === "string" ? value : __text(value)).join(" ")); }
function __text(value) { return value instanceof ObjectId || value instanceof DBCollection || value instanceof DB || value === null || value === undefined || typeof value !== "object" ? String(value) : typeof value.toString === "function" && value.toString !== Object.prototype.toString ? value.toString() : "[object Object]"; }
function printjson(value) { print(tojson(value)); }
function printjsononeline(value) { print(tojsononeline(value)); }
function hex_md5(text) { return __host.md5(String(text)); }
function sleep() {}
function quit(code) { __host.quit(code === undefined ? 0 : Number(code)); throw { __quit: true }; }
const exit = quit;
function version() { return "4.4.6"; }
function assert(value, message) { if (!value) throw Error(message === undefined ? "assert failed" : "assert failed : " + message); }
function load(path) { throw Error("error loading js file: " + path); }
function getHostName() { return __host.hostname(); }
function hostname() { return __host.hostname(); }
function _getEnv() { return ""; }
`
