/** Versions of the image: three numbers, ordered by the first that differs (Semantic Versioning 2.0.0, 11.2). Pure. */

/** As it stands in file names and on pages: `1.4.0`. Pre-releases have none: what is installed in an office is released. */
export const versionPattern = /^(?:0|[1-9]\d{0,4})\.(?:0|[1-9]\d{0,4})\.(?:0|[1-9]\d{0,4})$/

/** Below 0 where `a` is older than `b`, 0 where they are the same. Throws a `TypeError` on what is no version. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)]
  const at = left.findIndex((number, place) => number !== right[place])
  return at === -1 ? 0 : (left[at] ?? 0) - (right[at] ?? 0)
}

/** The newest of them; undefined of none. */
export function newestOf(versions: readonly string[]): string | undefined {
  return versions.toSorted(compareVersions).at(-1)
}

function numbersOf(version: string): readonly number[] {
  if (!versionPattern.test(version)) throw new TypeError(`${version} is no version`)
  return version.split('.').map(Number)
}
