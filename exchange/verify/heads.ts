/** What comparing the journal heads of many files gave; filled by `judgeHeads`. */
export interface HeadsReport {
  readonly compared: number
}
