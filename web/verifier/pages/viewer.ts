/** The pages of a PDF as pictures, revision by revision, with what differs from the file's last state in frames. */
import { fill, h, svg, type Child } from '../../one_file/dom.ts'
import { both, joinWords, type Words } from '../../one_file/language.ts'
import { button } from '../../one_file/parts.ts'
import { refill } from '../place.ts'
import { shown } from '../shown.ts'
import { report as reportWords, pages as words } from '../words/report.ts'
import { differences, type Rectangle } from './difference.ts'
import type { Drawer, Drawn } from './drawer.ts'
import type { Picture } from './messages.ts'
import { stepFor, type Step } from './steps.ts'

export interface Viewer {
  readonly element: HTMLElement
  /** Goes to a revision of the report. */
  readonly look: (revision: number) => void
  /** Keys: `[`, `]`, `n`, `p`, `+`, `-`, `d`; whether it was one of them. */
  readonly press: (key: string) => boolean
}

/** In parts of the frame's width. */
const zooms = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4]
/** Drawn a little larger than shown, for screens with more pixels; never for more than two of theirs. */
const maxRatio = 2

interface Place {
  readonly step: number
  readonly page: number
  readonly zoom: number
  readonly marks: boolean
}

export function createViewer(of: {
  readonly file: File
  /** Unique for the file, for the thread that keeps it open. */
  readonly key: string
  readonly steps: readonly Step[]
  readonly passed: boolean
  readonly drawer: Drawer
}): Viewer {
  const { steps, drawer, key, file } = of
  let at: Place = { step: steps.length - 1, page: 0, zoom: 2, marks: true }
  /** Answers to an earlier wish are not shown. */
  let wish = 0
  let count = 1
  const bar = h('div', { class: 'tools' })
  const told = h('p', { class: 'small told', 'aria-live': 'polite' })
  const frame = h('div', { class: 'frame', tabindex: 0, role: 'region', 'aria-label': words.frame })

  const drawn = (step: number, widthPx: number): Promise<Drawn> => {
    const end = steps[step]?.end ?? file.size
    return drawer.draw({
      key: `${key} ${String(end)}`,
      revision: { file, end },
      page: at.page,
      widthPx,
    })
  }
  const go = (to: Partial<Place>): void => {
    at = { ...at, ...to }
    void show()
  }
  const press = (pressed: string): boolean => {
    const move = moveOf(pressed, at, { steps: steps.length, pages: count })
    if (typeof move === 'object') go(move)
    return move !== 'unknown'
  }
  const show = async (): Promise<void> => {
    const mine = ++wish
    refill(bar, ...tools({ at, steps, count, press, go }))
    fill(told, words.drawing)
    const widthCss = Math.max(240, Math.round((frame.clientWidth - 24) * (zooms[at.zoom] ?? 1)))
    const widthPx = Math.round(widthCss * Math.min(devicePixelRatio, maxRatio))
    const now = await drawn(at.step, widthPx)
    if (mine !== wish) return
    if (now.state === 'drawn' || now.state === 'no-such-page') count = now.pages
    refill(bar, ...tools({ at, steps, count, press, go }))
    if (now.state !== 'drawn') {
      fill(frame)
      fill(told, failures[now.state])
      return
    }
    const sheet = pageElement(now.picture, widthCss, at.page)
    fill(frame, sheet)
    const isLast = at.step === steps.length - 1
    if (isLast || !at.marks) {
      fill(told)
      return
    }
    const last = await drawn(steps.length - 1, now.picture.widthPx)
    if (mine === wish) mark({ sheet, told }, now.picture, last)
  }
  // The frame has its width once it stands on the page.
  requestAnimationFrame(() => void show())
  return {
    element: h(
      'section',
      { class: 'viewer', 'aria-label': words.title },
      !of.passed && h('p', { class: 'unverified' }, words.unverified),
      bar,
      told,
      frame,
      h('p', { class: 'small' }, words.caution),
    ),
    look: (revision) => {
      go({ step: stepFor(steps, revision) })
    },
    press,
  }
}

/** Where a key leads from a place; nowhere at an end. */
function moveOf(
  key: string,
  { step, page, zoom, marks }: Place,
  { steps, pages }: { readonly steps: number; readonly pages: number },
): Partial<Place> | 'stays' | 'unknown' {
  const within = (name: 'step' | 'page' | 'zoom', to: number, count: number) =>
    to < 0 || to >= count ? 'stays' : { [name]: to }
  switch (key) {
    case '[':
      return within('step', step - 1, steps)
    case ']':
      return within('step', step + 1, steps)
    case 'p':
      return within('page', page - 1, pages)
    case 'n':
      return within('page', page + 1, pages)
    case '-':
      return within('zoom', zoom - 1, zooms.length)
    case '+':
      return within('zoom', zoom + 1, zooms.length)
    case 'd':
      return { marks: !marks }
    default:
      return 'unknown'
  }
}

const failures = {
  'no-such-page': words.noSuchPage,
  'not-drawable': words.notDrawable,
  'too-long': words.tooLong,
} as const

function pageElement(picture: Picture, widthCss: number, page: number): HTMLElement {
  const { widthPx, heightPx, rgba } = picture
  const canvas = h('canvas', {
    width: widthPx,
    height: heightPx,
    role: 'img',
    'aria-label': words.picture(page + 1),
  })
  canvas.getContext('2d')?.putImageData(new ImageData(rgba, widthPx, heightPx), 0, 0)
  const sheet = h('div', { class: 'page' }, canvas)
  sheet.style.width = `${String(widthCss)}px`
  return sheet
}

/** Frames what differs, and says how much. */
function mark(
  { sheet, told }: { readonly sheet: HTMLElement; readonly told: HTMLElement },
  picture: Picture,
  last: Drawn,
): void {
  if (last.state !== 'drawn') {
    fill(told, last.state === 'no-such-page' ? words.pageGone : failures[last.state])
    return
  }
  const found = differences(picture, last.picture)
  fill(told, found.length === 0 ? words.same : words.differs(found.length))
  if (found.length > 0) sheet.append(overlay(found))
}

function overlay(found: readonly Rectangle[]): SVGElement {
  const scale = 1000
  return svg(
    'svg',
    {
      class: 'marks',
      viewBox: `0 0 ${String(scale)} ${String(scale)}`,
      preserveAspectRatio: 'none',
      'aria-hidden': 'true',
    },
    ...found.map(({ left, top, width, height }) =>
      svg('rect', {
        x: left * scale - 3,
        y: top * scale - 2,
        width: width * scale + 6,
        height: height * scale + 4,
        'vector-effect': 'non-scaling-stroke',
      }),
    ),
  )
}

interface Tools {
  readonly at: Place
  readonly steps: readonly Step[]
  readonly count: number
  readonly press: (key: string) => boolean
  readonly go: (to: Partial<Place>) => void
}

function tools({ at, steps, count, press, go }: Tools): Child[] {
  const group = (...children: readonly Child[]): HTMLElement =>
    h('span', { class: 'group' }, ...children)
  const isOnly = steps.length === 1
  return [
    !isOnly &&
      group(
        keyButton({ id: 'earlier', words: words.earlier, sign: '‹', off: at.step === 0 }, () =>
          press('['),
        ),
        stepChoice(at, steps, go),
        keyButton(
          { id: 'later', words: words.later, sign: '›', off: at.step === steps.length - 1 },
          () => press(']'),
        ),
      ),
    group(
      keyButton({ id: 'back', words: words.back, sign: '‹', off: at.page === 0 }, () => press('p')),
      h('span', { class: 'small' }, words.pageOf(at.page + 1, count)),
      keyButton({ id: 'next', words: words.next, sign: '›', off: at.page >= count - 1 }, () =>
        press('n'),
      ),
    ),
    group(
      keyButton({ id: 'smaller', words: words.smaller, sign: '−', off: at.zoom === 0 }, () =>
        press('-'),
      ),
      h('span', { class: 'small' }, `${String(Math.round((zooms[at.zoom] ?? 1) * 100))}%`),
      keyButton(
        { id: 'larger', words: words.larger, sign: '+', off: at.zoom === zooms.length - 1 },
        () => press('+'),
      ),
    ),
    !isOnly && markTick(at, press),
  ]
}

function keyButton(
  of: { readonly id: string; readonly words: Words; readonly sign: string; readonly off: boolean },
  does: () => void,
): HTMLButtonElement {
  const said = [
    h('span', { 'aria-hidden': 'true' }, of.sign),
    h('span', { class: 'unseen' }, of.words),
  ]
  const pressed = button(said, does)
  pressed.id = `view-${of.id}`
  // Not `disabled`: a button that goes away under the finger takes the focus with it.
  pressed.setAttribute('aria-disabled', String(of.off))
  return pressed
}

function stepChoice(at: Place, steps: readonly Step[], go: Tools['go']): HTMLElement {
  const choice = h(
    'select',
    { id: 'view-step', 'aria-label': words.revision },
    ...steps.map((step, index) =>
      h('option', { value: index, selected: index === at.step }, stepWords(step)),
    ),
  )
  choice.addEventListener('change', () => {
    go({ step: Number(choice.value) })
  })
  return choice
}

function stepWords({ revision, signers, isLast }: Step): Words {
  const names = signers.map(shown).join('、')
  return joinWords(
    [
      revision === undefined ? words.last : reportWords.revision(revision + 1),
      ...(names === '' ? [] : [words.sealedBy(names)]),
      ...(isLast && revision !== undefined ? [words.signedNow] : []),
    ],
    both(' · '),
  )
}

function markTick(at: Place, press: Tools['press']): HTMLElement {
  const tick = h('input', { type: 'checkbox', id: 'view-marks', checked: at.marks })
  tick.addEventListener('change', () => press('d'))
  return h('label', { class: 'tick low', for: 'view-marks' }, tick, words.mark)
}
