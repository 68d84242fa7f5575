import { stripTypeScriptTypes } from 'node:module'

/** A module without its types, whose own modules are named by `.js`. Lines stay where they are: traces of what is not bundled fit the sources. */
export function stripped(source: string): string {
  return stripTypeScriptTypes(source).replace(
    /((?:\bfrom|\bimport\(|\bimport|new URL\()\s*)(['"])([^'"\n]+)\.ts\2/g,
    '$1$2$3.js$2',
  )
}
