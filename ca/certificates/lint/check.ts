/** What a check of the linter is: a row of a table, its name and whether it objects. Pure. */

/** True where it objects. */
export type Check<Context> = (context: Context) => boolean

/** Checks by name, by zlint's where it has one. */
export type Checks<Context> = Readonly<Record<string, Check<Context>>>

/** What gives the names of the checks that object, in the order of the table. */
export function linterOf<Context>(checks: Checks<Context>): (context: Context) => string[] {
  // Laid out once: every certificate goes through all of them.
  const rows = Object.entries(checks)
  return (context) => {
    const broken: string[] = []
    for (const [name, objects] of rows) if (objects(context)) broken.push(name)
    return broken
  }
}
