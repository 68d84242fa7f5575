/** Where marks of seals stand: inside their page, apart from each other. Pure. */
import type { PdfPage, Rectangle } from '../pdf/index.ts'
import { notAllowed, type FormState } from './file.ts'

/** A rectangle of a page, in points of the page's own space. */
export interface Placed {
  readonly page: PdfPage
  readonly rect: Rectangle
}

/** /Rect of a square mark: inside the page, apart from every mark and field of the form and from `others`. `SEAL_NOT_ALLOWED`. */
export function placeMark(
  mark: {
    readonly page: PdfPage
    readonly centre: { readonly x: number; readonly y: number }
    readonly size: number
  },
  form: FormState,
  others: readonly Placed[] = [],
): Rectangle {
  const { page, centre, size } = mark
  const half = size / 2
  const rect: Rectangle = [centre.x - half, centre.y - half, centre.x + half, centre.y + half]
  // What is shown of a page is its crop box, and no more than its media box (ISO 32000-2 14.11.2).
  const isInside = [page.mediaBox, page.cropBox].every((box) => half > 0 && contains(box, rect))
  if (!isInside) throw notAllowed('the mark would leave the page', { page: page.index, rect })
  for (const { name, widgets } of form.fields) {
    for (const widget of widgets) {
      if (widget.page === page.index && widget.rect && touch(rect, widget.rect)) {
        throw notAllowed('the mark would touch another', { page: page.index, field: name })
      }
    }
  }
  if (others.some((other) => other.page === page && touch(rect, other.rect))) {
    throw notAllowed('the mark would touch another', { page: page.index })
  }
  return rect
}

function contains([left, bottom, right, top]: Rectangle, rect: Rectangle): boolean {
  return rect[0] >= left && rect[1] >= bottom && rect[2] <= right && rect[3] <= top
}

/** Whether two rectangles share a point; one without area is no mark. */
function touch(a: Rectangle, b: Rectangle): boolean {
  if (b[0] === b[2] || b[1] === b[3]) return false
  return a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}

/**
 * /BBox that puts a square mark in the middle of a rectangle of any shape without stretching it: the box that a viewer fits to the rectangle (ISO 32000-1
 * 12.5.5) has its shape. On a page shown on its side the two are turned against each other.
 */
export function fitBox(size: number, { page, rect }: Placed): Rectangle {
  const [width, height] = [rect[2] - rect[0], rect[3] - rect[1]]
  const isAside = page.rotate === 90 || page.rotate === 270
  const [across, up] = isAside ? [height, width] : [width, height]
  const scale = size / Math.min(across, up)
  const [x, y] = [(across * scale - size) / 2, (up * scale - size) / 2]
  return [-x, -y, size + x, size + y]
}
