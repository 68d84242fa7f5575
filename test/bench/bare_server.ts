/** A Koa server that does nothing: what a process of Node with Koa takes by itself. */
import Koa from 'koa'

new Koa().listen(0, '127.0.0.1')
