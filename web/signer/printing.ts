/** Sheets of paper: put beside the screen for the printer, and taken away again. */
import { h } from '../one_file/dom.ts'

const printingClass = 'printing-sheets'

/** Prints these sheets, one a page, and nothing else. */
export function printSheets(sheets: readonly HTMLElement[]): void {
  const place = h('section', { class: 'sheets only-print' }, ...sheets)
  document.querySelector('main')?.append(place)
  document.body.classList.add(printingClass)
  addEventListener(
    'afterprint',
    () => {
      document.body.classList.remove(printingClass)
      place.remove()
    },
    { once: true },
  )
  print()
}
