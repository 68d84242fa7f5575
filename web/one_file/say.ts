/** Shapes of the tables of words beside this file. */
import type { Words } from './language.ts'

/** A table: what is said as it is, and what is said about something. */
export type Said = Words | ((...about: never[]) => Words)

export const w = (zh: string, en: string): Words => ({ zh, en })
