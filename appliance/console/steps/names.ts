/** The names that stand in certificates: the box's host name and the district's. Neither changes without much ado. */
import { hostname } from 'node:os'
import { districtFault, hostNameFault } from '../answers.ts'
import type { Dialogue } from '../dialogue.ts'
import type { Place } from '../place.ts'
import type { SetUp, Was } from '../set_up.ts'

export async function askNames(
  dialogue: Dialogue,
  { machine }: Pick<Place, 'machine'>,
  { names: had }: Was,
): Promise<Pick<SetUp, 'names'>> {
  const { w, say } = dialogue
  say(
    w(
      '域名和区的名称写进证书：域名是各单位浏览器里打开的地址，名称印在每份文件的签名里。',
      'Both stand in certificates: the host name is what units open in their browsers, the district’s name is in every signature.',
    ),
  )
  const host = await dialogue.ask(w('本机域名', 'Host name of the box'), {
    or: had?.host ?? (machine === undefined ? hostname().toLowerCase() : 'sealbox.lan'),
    check: (typed) => hostNameFault(dialogue, typed),
  })
  const district = await dialogue.ask(w('区的名称', 'Name of the district'), {
    ...(had && { or: had.district }),
    check: (typed) => districtFault(dialogue, typed),
  })
  return { names: { host, district } }
}
