/** What a check of the linter is: a row of a table, its name and whether it objects. Pure. */

/** True where it objects. */
export type Check<Context> = (context: Context) => boolean

/** Checks by name, by zlint's where it has one. */
export type Checks<Context> = Readonly<Record<string, Check<Context>>>

/** Names of the checks that object, in the order of the table. */
export function objecting<Context>(checks: Checks<Context>, context: Context): string[] {
  return Object.entries(checks).flatMap(([name, objects]) => (objects(context) ? [name] : []))
}
