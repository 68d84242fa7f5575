/** How the box is connected: applied at once, so that a wrong cable or address is seen while somebody stands there. */
import { networkInterfaces } from 'node:os'
import { readdir } from 'node:fs/promises'
import type { Network } from '../../machine/network.ts'
import { addressFault, networkAddressFault } from '../answers.ts'
import type { Dialogue } from '../dialogue.ts'
import { askOptional } from '../optional.ts'
import type { Place } from '../place.ts'
import type { SetUp, Was } from '../set_up.ts'

export async function askNetwork(
  dialogue: Dialogue,
  { machine }: Pick<Place, 'machine'>,
  { network: was }: Was,
): Promise<Pick<SetUp, 'network'>> {
  const { w, say } = dialogue
  if (machine === undefined) {
    say(
      w(
        '本机的网络由操作系统管理，不作改动。',
        'The operating system keeps this machine’s network; it is left as it is.',
      ),
    )
    return { network: 'as-is' }
  }
  const had = was === 'as-is' ? undefined : was
  const port = await askPort(dialogue, had?.interface)
  const network = await askMethod(dialogue, port, had)
  await machine.applyNetwork(network)
  say(w('网络已设置。', 'The network is set.'), ...addressLines(dialogue))
  return { network }
}

/** Names of network ports, as the kernel has them. */
export async function networkPorts(folder = '/sys/class/net'): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => name !== 'lo' && /^[a-z][a-z0-9]{0,14}$/.test(name)).toSorted()
}

async function askPort(dialogue: Dialogue, had?: string): Promise<Pick<Network, 'interface'>> {
  const names = await networkPorts()
  if (names.length < 2) return {}
  const chosen = await dialogue.choose(
    dialogue.w('接单位网络的网口', 'The port that the units’ network is plugged into'),
    names.map((name) => ({ key: name, words: name })),
    had,
  )
  return { interface: chosen }
}

async function askMethod(
  dialogue: Dialogue,
  port: Pick<Network, 'interface'>,
  had?: Network,
): Promise<Network> {
  const { w } = dialogue
  const method = await dialogue.choose(
    w('网络地址', 'Address of this box'),
    [
      { key: 'static', words: w('固定地址', 'a fixed address') },
      { key: 'dhcp', words: w('由网络分配（DHCP）', 'given by the network (DHCP)') },
    ],
    had?.method ?? 'static',
  )
  if (method === 'dhcp') return { ...port, method }
  const fixed = had?.method === 'static' ? had : undefined
  const address = await dialogue.ask(
    w('地址和前缀长度，如 10.1.2.3/24', 'Address with prefix, such as 10.1.2.3/24'),
    {
      ...(fixed && { or: fixed.address }),
      check: (typed) => networkAddressFault(dialogue, typed),
    },
  )
  const gateway = await askOptional(dialogue, w('网关（没有就空着）', 'Gateway (empty for none)'), {
    had: fixed?.gateway,
    check: (typed) => (typed === '' ? undefined : addressFault(dialogue, typed)),
  })
  return { ...port, method, address, ...(gateway !== '' && { gateway }) }
}

/** Addresses that the machine has now, but its own loopback. */
export function addresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all = []) =>
    all.filter(({ internal, scopeid }) => !internal && !scopeid).map(({ address }) => address),
  )
}

function addressLines({ w }: Dialogue): string[] {
  const now = addresses()
  return now.length === 0
    ? [w('现在还没有地址，请查看网线。', 'It has no address yet; look at the cable.')]
    : [`${w('现在的地址', 'Its addresses now')}: ${now.join(', ')}`]
}
