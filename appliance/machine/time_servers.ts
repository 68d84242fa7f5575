/** Time servers of the district's own network: addresses alone, since the box asks no name server. The file for chronyd's `sourcedir`. Pure. */
import { isIP } from 'node:net'
import * as z from 'zod'

/** chronyd finds a wrong one among three; more than four gain nothing. */
export const maxTimeServers = 4

export const timeServersSchema = z
  .array(z.string().refine((text) => isIP(text) !== 0))
  .max(maxTimeServers)
  .refine((all) => new Set(all).size === all.length)

/** `*.sources` of chrony.conf(5); `iburst`: the first answer after seconds, not minutes. */
export function sourcesFile(servers: readonly string[]): string {
  return servers.map((server) => `server ${server} iburst\n`).join('')
}
