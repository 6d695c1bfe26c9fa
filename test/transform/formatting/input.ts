#!/usr/bin/env node
/* A comment at the head of the file. */ 'use strict';
// and another
import { sleep } from 'use-durable'; import { effect, later } from '../../support/effects.ts'

/** Does it. */ async function job(name: string, ...more: unknown[]): Promise<{ name: string }>
{
  effect(`job ${name} ${more.length}`)
  return later(1, { name })
}

const api = {
  v1: {
    list: async (n: number) => { effect(`list ${n}`); return later(1, Array.from({ length: n }, (_, i) => i)) },
    'odd name': { go: (s: string) => { effect(s); return later(1, s) } },
  },
}

export
  async function
    main
      ( ) : Promise< unknown >
{ /* before */ 'use durable' /* after */ ; // ...

  const a = ( await /* here */ job /* callee */ ( /* first */ 'a' /* ; */ , // second
    1, ) ) /* done */ . name
  const b = await api
    // the version
    .v1 /* x */
    . list /* y */ (
      // how many
      3, // trailing
    )
  const c = await api . v1 [ 'odd name' ]
    . go
    ( `multi
line ${ a /* in a template */ }` )
  const d = (await (job)('d')).name; const e = await ((api.v1)!.list as (n: number) => Promise<number[]>)(1)
  ;[1, 2].forEach((x) => x)
  await sleep(
    /* ms */ 1
  )
  const f = await api.v1.list
  (2).catch(() => [])
  if (a) await job('if'); else await job('else')
  for (;;) { await job('}'); break }
  const g = await Promise
    .all([
      job('g1'), // one
      /* two */ job('g2', ),
    ].map((p) => p
      .then((r) => r . name)))
  const h = await api.v1
    .list(2) // a chain
    .then((xs) =>
      // inside
      xs.length)
  const regexp = /[)'"`]/ ; const nested = `${`${await job('nested').then((r) => r.name)}`}`
  return { a, b, c, d, e, f, g, h, r: regexp.source, nested
  }
}
