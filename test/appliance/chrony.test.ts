/** What `chronyc -c tracking` says; the first line is what chronyd 4.3 printed here, over its own machine's clock. */
import test from 'ava'
import { isWithinASecond } from '../../appliance/box/chrony.ts'

const own =
  '7F7F0101,,8,1795632744.535166416,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,0.000000000,0.000000000,0.0,Normal'
const line = (offset: number, delay: number, dispersion: number, leap = 'Normal'): string =>
  `CA7601E9,202.118.1.233,3,1795632744.5,${String(offset)},0.0001,0.0002,-12.3,0.001,0.02,${String(delay)},${String(dispersion)},64.2,${leap}\n`

const cases: readonly (readonly [title: string, line: string, within: boolean])[] = [
  ['a clock held to another one', line(-0.000123, 0.03, 0.002), true],
  ['one with a leap second to come', line(0.0001, 0.03, 0.002, 'Insert second'), true],
  ['its own machine’s clock, which proves nothing', own, false],
  ['one that is not synchronised', line(0, 0, 0, 'Not synchronised'), false],
  ['one that is off by more than a second', line(-1.2, 0.01, 0.01), false],
  ['one that is too far away to know', line(0.001, 1.9, 0.1), false],
  ['an error message', '506 Cannot talk to daemon\n', false],
  ['nothing', '', false],
]

for (const [title, said, within] of cases) {
  test(`${title}: ${within ? 'within a second' : 'not known within a second'}`, (t) => {
    t.is(isWithinASecond(said), within)
  })
}
