/** Where files are dropped or chosen. The whole page takes them, too: whoever misses the field by a finger must not open the file instead. */
import { h, type Child } from '../one_file/dom.ts'
import { chosenFiles, droppedFiles, type GivenName } from './files.ts'
import { files } from './words/common.ts'

/** A field that takes many files by choosing, and whatever is dropped on it. */
export function manyFilesField(
  options: {
    readonly id: string
    readonly title: Child
    readonly how: Child
    readonly kind?: string
  },
  take: (given: readonly GivenName[]) => void,
): HTMLElement {
  const { id, title, how, kind = '' } = options
  const input = h('input', { type: 'file', id, multiple: true })
  input.addEventListener('change', () => {
    take(chosenFiles(input.files))
    // The same files may be chosen again.
    input.value = ''
  })
  const field = h('label', { class: `drop ${kind}`.trim() }, input, h('strong', {}, title), how)
  takesDrops(field, take)
  return field
}

/** A button that chooses a whole folder, for who does not drag. */
export function folderButton(id: string, take: (given: readonly GivenName[]) => void): HTMLElement {
  const input = h('input', { type: 'file', id, webkitdirectory: true, multiple: true })
  input.addEventListener('change', () => {
    take(chosenFiles(input.files))
    input.value = ''
  })
  return h('label', { class: 'btn folder' }, input, files.folder)
}

/** Lets an element take files and folders. */
export function takesDrops(
  element: HTMLElement,
  take: (given: readonly GivenName[]) => void,
): void {
  for (const kind of ['dragover', 'dragleave', 'drop'] as const) {
    element.addEventListener(kind, (event) => {
      event.preventDefault()
      // What is inside takes it first; the page around it must not take it again.
      event.stopPropagation()
      element.classList.toggle('over', kind === 'dragover')
      if (kind === 'drop' && event.dataTransfer !== null) {
        void droppedFiles(event.dataTransfer).then(take)
      }
    })
  }
}
