/** The wait before something is sent once more over a line that broke. */

/** Waits, or is cut short by a press of the button that `show` puts up, or by the line coming back. */
export function pause(seconds: number, show: (now: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      clearTimeout(timer)
      removeEventListener('online', go)
      resolve()
    }
    const timer = setTimeout(go, seconds * 1000)
    addEventListener('online', go)
    show(go)
  })
}
