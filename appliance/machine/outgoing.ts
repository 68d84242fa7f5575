/**
 * Whom the packet filter lets the box call: the closed network's time servers, a collector of logs, a mail relay, by address. Acts of those
 * features write a file each, which the packet filter's own configuration reads at each start.
 */
import { join } from 'node:path'
import { mkdir } from 'node:fs/promises'
import * as z from 'zod'
import { writeWhole } from '../../ca/index.ts'
import type { Machine } from './act.ts'

/** Features that may call out, each with its own file. */
export type OutgoingName = 'collector' | 'dns' | 'relay' | 'time'

/** One whom the box may call. Names are not resolved: the filter knows addresses alone. */
export const outgoingPeer = z.strictObject({
  address: z.union([z.ipv4(), z.ipv6()]),
  protocol: z.enum(['tcp', 'udp']),
  port: z.int().min(1).max(65_535),
})
export type OutgoingPeer = z.infer<typeof outgoingPeer>

/** The filter's commands for them, a line each. Pure. */
export function outgoingRules(peers: readonly OutgoingPeer[]): string {
  const lines = peers.map(({ address, protocol, port }) => {
    const set = address.includes(':') ? 'outgoing6' : 'outgoing4'
    return `add element inet sealbox ${set} { ${address} . ${protocol} . ${String(port)} }\n`
  })
  return lines.join('')
}

/** Lets the box call these, and of this feature no others any more; holds from now on. */
export async function setOutgoing(
  { paths, execute, signal }: Pick<Machine, 'paths' | 'execute' | 'signal'>,
  name: OutgoingName,
  peers: readonly OutgoingPeer[],
): Promise<void> {
  const folder = join(paths.state, 'nftables')
  await mkdir(folder, { recursive: true, mode: 0o755 })
  const text = outgoingRules(z.array(outgoingPeer).parse(peers))
  await writeWhole(join(folder, `${name}.nft`), text, 0o644)
  // All of the filter at once: at no moment is nothing filtered.
  await execute('systemctl', ['reload', 'nftables.service'], { signal })
}
