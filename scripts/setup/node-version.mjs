/** Throws when this Node is not one of those in package.json's engines, such as `^20.20 || ^22.19 || >=24.11`. */
export function checkNode(version, range) {
  if (satisfies(version, range)) return;
  throw new Error(
    `Oomph needs Node ${range}, this is Node ${version} (${process.execPath}). Install a long-term release (Node 24, for example), then run it again.`,
  );
}

/** Understands what package.json uses: `^20.20` (this major, at least this minor) and `>=24.11`, joined by `||`. */
export function satisfies(version, range) {
  const [major, minor] = numbers(version);
  return range.split("||").some((part) => {
    const match = /^\s*(\^|>=)(\d+)\.(\d+)\s*$/.exec(part);
    if (match === null) throw new Error(`expected engines.node to be made of ^N.N and >=N.N, got "${part.trim()}"`);
    const [wantedMajor, wantedMinor] = [Number(match[2]), Number(match[3])];
    if (major === wantedMajor) return minor >= wantedMinor;
    return match[1] === ">=" && major > wantedMajor;
  });
}

function numbers(version) {
  return version.split(".").map(Number);
}
