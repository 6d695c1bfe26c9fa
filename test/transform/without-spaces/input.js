import { effect, later } from '../../support/effects.ts';

const act = async (name) => {
  effect(`act ${name}`);
  return later(1, name);
};
const tag = (strings) => act(strings.join(''));

// As a minifier writes it.
export const main=async()=>{'use durable';const o=[],p=act('p');o.push(await(act)('a'),await(0,act)('b'),await[act][0]('c'),await{act}.act('d'),await`${'e'}`.concat('f'),await(await act('g')).at(0),await(p),await(async()=>act('h'))(),typeof(await act('i')),typeof(Date.now()),void(await act('j')),await/k/.exec('k')[0],await"l".at(0),await(tag)`m`);for await(const x of[act('n'),'o'])o.push(x);for await(const x of(function*(){yield act('q')})())o.push(x);for(const k in(await act({r:1})))o.push(k);if(await(act)(0))o.push('never');else(await(act)('s')),o.push(await(act)('t'));switch(await act('u')){case(await(act)('u')):o.push('u')}const f=async x=>{if(x)return(act)(x);throw(await(act)('v'))};o.push(await f('w'));try{await f()}catch(e){o.push(e)}const g=async function*(){yield(act)('x');yield*[act('y')];return(act)('z')};for await(const x of g())o.push(x);do{var n=await(act)(0)}while(n);return[...o,...await(act)(['end'])]}
