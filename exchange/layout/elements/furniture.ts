/**
 * What stands on every page outside the type area: the page number, and on a trial box the line that says so. Pure.
 *
 * GB/T 9704-2012 7.5: 4号半角宋体, a dash on either side, 7 mm under the type area; right on odd pages, left on even ones.
 */
import { setGlyphs, type Shaper, widthOf } from '../metrics.ts'
import { area, baseline, emAscent, pointsPerMm, type Run, size4, yOf } from '../page.ts'

const numberBelow = 7
/** Where the dash of a full-width em box lies above the baseline, in ems. */
const dashHeight = 0.37
const trialTop = 20
const trialSize = 9

/** `— 1 —`; `page` counts from 1. */
export function pageNumberRuns(page: number, shaper: Shaper): Run[] {
  const glyphs = shaper.shape(`— ${String(page)} —`, 'song', size4)
  const indent = size4
  const x =
    page % 2 === 1
      ? area.right * pointsPerMm - indent - widthOf(glyphs)
      : area.left * pointsPerMm + indent
  return setGlyphs(glyphs, { x, y: yOf(area.bottom + numberBelow) - dashHeight * size4 })
}

/** 试用 TRIAL, small and red in the top margin. */
export function trialRuns(shaper: Shaper): Run[] {
  const glyphs = shaper.shape('试用 TRIAL', 'hei', trialSize)
  const x = (area.left + area.width / 2) * pointsPerMm - widthOf(glyphs, 1) / 2
  return setGlyphs(glyphs, {
    x,
    y: baseline(trialTop, trialSize) + (emAscent - 0.88) * trialSize,
    spacing: 1,
    colour: 'red',
  })
}
