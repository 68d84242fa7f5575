/** The port of the virus check: a scanner beside the box that every upload is shown to (issue 6, 8). Types only; `appliance/virus` fills it in. */

/** What a scanner said of a file. What it could not look through is no clean file. */
export type ScanResult =
  | {
      readonly state: 'clean'
      /** Which signature set judged, in the scanner's own words. */
      readonly signatures: string
    }
  | {
      readonly state: 'found'
      readonly code: ScanFindingCode
      /** The scanner's name for what it found; at most 200 characters, printable ASCII. */
      readonly name: string
      readonly signatures: string
    }
  /** Nobody can tell now: the file waits. `onFile`: the scanner answered before and failed over this very file. */
  | { readonly state: 'unavailable'; readonly reason: string; readonly onFile?: boolean }

/** Found something; or it is locked (an encrypted archive), or too large or too nested to be looked through. */
export type ScanFindingCode = 'VIRUS_FOUND' | 'ENCRYPTED_ARCHIVE' | 'SCAN_INCOMPLETE'

/** For whom a file is looked at: each unit has its share of the scanner. */
export interface ScanFor {
  readonly unit: string
  /** Nobody waits for the answer: it may come late. */
  readonly isPatient?: boolean
}

export interface Scanner {
  scan(bytes: Uint8Array, by: ScanFor): Promise<ScanResult>
}
