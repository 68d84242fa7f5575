/** Where papers of a ceremony may go. Pure. */
import { resolve, sep } from 'node:path'
import { refused } from './plan.ts'

/** The papers hold the root key: on the box's disk it would not have left. */
export function refuseInside(papers: string, directory: string): void {
  const [inner, outer] = [resolve(papers), resolve(directory)]
  if (papers !== '' && (inner === outer || inner.startsWith(`${outer}${sep}`))) {
    throw refused('the papers go elsewhere than into the folder of data')
  }
}
