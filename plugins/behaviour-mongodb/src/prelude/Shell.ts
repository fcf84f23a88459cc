/** What the prompt does beside JavaScript: printing results, and `show …`, `use …`, `it`. */
export const shell = String.raw`
function shellPrint(value) {
  if (value === undefined) return;
  if (value === null) print("null");
  else if (value instanceof DB || value instanceof DBCollection || typeof value.shellPrint === "function") value.shellPrint();
  else if (typeof value !== "object") print(value);
  else print(tojson(value));
}
const shellPrintHelper = shellPrint;
function __size(bytes) { return bytes === 0 ? "(empty)" : (bytes / 1024 / 1024 / 1024).toFixed(3) + "GB"; }
const shellHelper = {
  use(name) {
    if (!/^[^\s\/\\."$*<>:|?]+$/.test(name)) throw Error("[" + name + "] is not a valid database name");
    db = db.getSiblingDB(name);
    print("switched to db " + name);
  },
  it() {
    if (__it === undefined || !__it.hasNext()) print("no cursor");
    else __it.shellPrint();
  },
  show(what) {
    const word = what.split(/\s+/)[0];
    if (word === "dbs" || word === "databases") {
      const all = db.getMongo().getDBs().databases;
      const width = Math.max(...all.map((one) => one.name.length), 0);
      all.forEach((one) => print(one.name.padEnd(width) + "  " + __size(one.sizeOnDisk)));
    } else if (word === "collections" || word === "tables") db.getCollectionNames().forEach((name) => print(name));
    else if (word === "users") db.getUsers().forEach((one) => printjson(one));
    else if (word === "roles") db.getRoles({ showBuiltinRoles: true }).forEach((one) => printjson(one));
    else if (word === "log" || word === "logs" || word === "profile") return;
    else throw Error("don't know how to show [" + what + "]");
  }
};
function __describe(error) {
  if (error !== null && typeof error === "object" && error.__quit === true) return JSON.stringify({ quit: true });
  if (!(error instanceof Error)) {
    const text = error !== null && typeof error === "object" ? (typeof error.tojson === "function" ? error.tojson() : tojson(error)) : String(error);
    return JSON.stringify({ text: text, stack: "", frames: [] });
  }
  return JSON.stringify({ text: error.name + ": " + error.message, name: error.name, message: error.message, stack: String(error.stack), frames: error.__frames === undefined ? [] : error.__frames });
}
var __it = undefined;
var db = new Mongo().getDB("test");
`
