import { sleep, step } from 'use-durable'
import { effect, later } from '../../support/effects.ts'

// No line goes on with the one before: it begins with punctuation, and the line before ends with a function.

type Work = (name: string) => Promise<string>

const job = async (name: string): Promise<string> => {
  effect(name)
  return later(1, name)
}

export const flows = { run: async (name: string) => {
  'use durable'
  return job(name)
} }
;[1].forEach(() => {})

export const arrow = async (name: string) => {
  'use durable'
  return job(name)
}
(0, [])

export const short = async (name: string) => { 'use durable'; return job(name) }
`text`

function decorate(value: unknown, _context: unknown): void {
  void value
}

@decorate
export class Flows {
  @decorate
  static async run(name: string) {
    'use durable'
    return job(name)
  }
  static
  async other(name: string) { 'use durable'
    return job(name) }
}
[0].length

export async function main(): Promise<unknown> {
  'use durable' // and a comment
  const undo: Record<string, Work> = {}
  let held: Work
  let n = 1

  undo.call = async (name) => {
    return await job(`undo ${name}`)
  }
  (await job('call')).toString()

  held = async (name) => {
    return await job(`held ${name}`)
  }
  [await job('bracket')].toString()

  undo.template = async (name) => {
    return await job(`undo ${name}`)
  }
  `${await job('template')}`.toString()

  undo.pattern = async (name) => {
    return await job(`undo ${name}`)
  } // a comment that ends the line
  /text/g.test(await job('pattern'))

  undo.plus = async (name) => {
    return await job(`undo ${name}`)
  } /* a comment
  of two lines */ +(await job('plus'))

  undo.minus = async (name) => { return await job(`undo ${name}`) }
  -(await job('minus'))

  undo.assertion = async (name) => { return await job(`undo ${name}`) }
  <unknown>(await job('assertion'))

  undo.increment = async (name) => { return await job(`undo ${name}`) }
  ++n
  undo.decrement = async (name) => { return await job(`undo ${name}`) }
  --n

  const two = async (name: string) => {
    return await job(`two ${name}`)
  }
  , three = async (name: string) => {
    return await job(`three ${name}`)
  }
  (await job('behind a list')).toString()
  const handed = [two, three, held!]

  class Local {
    one = async (name: string) => {
      return await job(`one ${name}`)
    }
    ['two'] = async (name: string) => {
      return await job(`two ${name}`)
    }
    static made = async (name: string) => {
      return await job(`made ${name}`)
    }
    *names() {
      yield 'names'
    }
    in = async (name: string) => {
      return await job(`in ${name}`)
    }
    instanceof = async (name: string) => {
      return await job(`instanceof ${name}`)
    }
    async
    async method(name: string) {
      return await job(`method ${name}`)
    }
  }
  [1].toString()

  const local = new Local
  const fields = [
    await local.one('a'), await local.two('b'), await Local.made('c'), [...local.names()], await local.in('d'),
    await local.instanceof('e'), await local.method('f'), local.async
  ]

  if (n) await job('without braces')
  else await job('never')
  if (!n) await job('never')
  else
    await job('otherwise')
  for (const name of ['x'])
    await job(name)
  while (n < 2)
    n += (await job('while')).length
  do await job('do')
  while (n < 1)
  await job('behind do')
  do { n++; await job('block') } while (n < 8) await job('on the same line')

  outer:
  for (const name of ['y', 'z']) {
    switch (name) {
      case 'y':
        await job('case')
        continue outer
      case await job('z'): {
        async function declared(name: string) { return await job(`declared ${name}`) }
        handed.push(declared)
        break outer
      }
    }
  }

  const early = async (name: string): Promise<string | undefined> => {
    if (await job('early'))
      return
    (await job(name)).toString()
    throw new Error(name)
  }
  const thrown = async (name: string) => {
    throw await job(name)
  }
  const body = async (name: string) =>
    ({ name: await job(name) })
  const pair = async (name: string) => (
    // a comment in front of the value
    await job(name)
  )

  { await job('block at the start') }
  ;({ held: undo.held = held! } = { held: three })
  await sleep(1)
  const stepped = await step('by hand', () => job('by hand'))
  const results: unknown[] = []
  for (const fn of [...handed, ...Object.values(undo)]) results.push(await fn('called'))
  return [
    results, fields, n, stepped, await early('never'), await thrown('thrown').catch(String),
    await body('body'), await pair('pair'), await flows.run('flow'), await arrow('arrow'), await short('short'),
    await Flows.run('class'), await Flows.other('other')
  ]
}
