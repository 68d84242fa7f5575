/** `sealbox upgrade`: an administrator brings an upgrade bundle to a box, from where a broken upload stopped. Officers order it then. */
import { open, stat } from 'node:fs/promises'
import type { UpgradeState } from '../../web/index.ts'
import { ApplianceError, exitStatus } from '../errors.ts'
import type { BoxClient } from '../unit/box_client.ts'
import { options, say } from './options.ts'
import { seatOptions, seatOptionsFrom } from './seat_options.ts'

/** A few seconds on a slow line. */
const pieceBytes = 4 * 1024 * 1024

export async function run(argv: string[]): Promise<number> {
  const { values, positionals } = options(argv, { ...seatOptions, state: { type: 'boolean' } })
  const [path] = positionals
  if ((path === undefined) !== (values.state === true) || positionals.length > 1) {
    throw new ApplianceError('USAGE', 'name a bundle, or --state')
  }
  const keeper = await seatOptionsFrom(values, 'self')
  try {
    const state =
      path === undefined
        ? await keeper.client.get<UpgradeState>('/api/v1/upgrade')
        : await bringBundle(keeper.client, path)
    for (const line of stateLines(state)) say(line)
    return path !== undefined && state.staged === undefined ? exitStatus.failed : 0
  } finally {
    keeper.client.close()
  }
}

/** Uploads a bundle, from where an upload of the same length was cut. */
export async function bringBundle(client: BoxClient, path: string): Promise<UpgradeState> {
  const { size } = await stat(path).catch(() => {
    throw new ApplianceError('FILE_MISSING', `there is no file ${path}`)
  })
  await using file = await open(path, 'r')
  let state = await client.get<UpgradeState>('/api/v1/upgrade')
  // Only one of the same length is gone on with; another one of that length is told by its hashes.
  let offset = state.receiving?.of === size ? state.receiving.bytes : 0
  do {
    const buffer = new Uint8Array(Math.min(pieceBytes, size - offset))
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset)
    const piece = buffer.subarray(0, bytesRead)
    state = await client.upload(`/api/v1/upgrade/acts/append?offset=${String(offset)}`, piece)
    offset += bytesRead
    if (bytesRead === 0) break
  } while (offset < size)
  return state
}

function stateLines({ version, slot, isOnTrial, staged, last }: UpgradeState): string[] {
  const trial = isOnTrial ? '，试运行 on trial' : ''
  return [
    `运行版本 runs: ${version}${slot === undefined ? '' : ` (${slot})`}${trial}`,
    ...(staged === undefined
      ? []
      : [`可安装 can be installed: ${staged.version}`, `清单 manifest: ${staged.manifest}`]),
    ...(last === undefined
      ? []
      : [
          `最近一次 the last: ${last.from} → ${last.version} ${last.state} ${last.code ?? ''}`.trim(),
        ]),
  ]
}
