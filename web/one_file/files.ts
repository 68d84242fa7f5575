/** Files to and from the person: saving bytes under a name, and taking a file that was chosen or dropped. */
import { h, type Child } from './dom.ts'

/** Lets the browser save these bytes. */
export function saveFile(name: string, type: string, bytes: Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([bytes], { type }))
  const link = h('a', { href: url, download: fileName(name) })
  document.body.append(link)
  link.click()
  link.remove()
  // Browsers read it after the click; a minute is enough for a slow disk.
  setTimeout(() => {
    URL.revokeObjectURL(url)
  }, 60_000)
}

/** A name that every file system takes; Chinese stays. */
export function fileName(name: string): string {
  return name.replace(/[\p{Cc}/\\:*?"<>|]/gu, '_').slice(0, 120)
}

/** A field that a file is dropped on or chosen by; hands its name and bytes over. */
export function dropField(
  options: { readonly accept: string; readonly title: Child; readonly how: Child },
  take: (file: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }) => void,
): HTMLElement {
  const { accept, title, how } = options
  const input = h('input', { type: 'file', accept })
  const field = h('label', { class: 'drop' }, input, h('strong', {}, title), how)
  const read = (file: File | null | undefined): void => {
    if (!file) return
    void file.arrayBuffer().then((buffer) => {
      take({ name: file.name, bytes: new Uint8Array(buffer) })
    })
  }
  input.addEventListener('change', () => {
    read(input.files?.item(0))
    // The same file may be chosen again.
    input.value = ''
  })
  for (const kind of ['dragover', 'dragleave', 'drop'] as const) {
    field.addEventListener(kind, (event) => {
      event.preventDefault()
      field.classList.toggle('over', kind === 'dragover')
      if (kind === 'drop') read(event.dataTransfer?.files.item(0))
    })
  }
  return field
}
