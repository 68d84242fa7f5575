/** Layouts of the folder of data that this product knows (docs/formats/data-folder.md). Pure. */

/** What is opened, and what is written once the version is committed. A bundle's manifest says the same of its version. */
export const dataLayouts: { readonly reads: readonly number[]; readonly writes: number } = {
  reads: [1],
  writes: 1,
}

/** The layout that a `VERSION` file names; undefined of anything else. */
export function readLayout(text: string): number | undefined {
  const found = /^([1-9]\d{0,3})\n?$/.exec(text)
  return found === null ? undefined : Number(found[1])
}
