"""zhubo (助播): the assistant beside a live seller.

     platform                          hear                      write                        speak
        | frames      +--------+   +-----------+   +------------------------------+   +-----------------+
     adapter -Event-> | intake | ->| triage,   |-->| open questions (askers, heat)|-->| outbox: quota,  |-> adapter.send
        ^             +--------+   | merge     |   | draft: facts | worker (batch)|   | still true?     |      |
        |                          +-----------+   | guard                        |   +-----------------+      |
        |                                          +------------------------------+                            |
        +---------------------------------------------------- receipt / echo --------------------------------- +
                        every comment -> exactly one Turn -> observers (page, journal, metrics)

Start reading at `live/room.py`. Imports go down only:

    __main__ > cli > demo > app > settings > backends | worker | adapters > live > decide | insight > domain

domain   nouns: frozen values, ports, errors        live      motion: queues, time, one room
decide   verbs: pure functions over the nouns       backends  one outside thing per file
insight  figures after the fact, pure               worker    the process with the model
app      the one place that names concrete classes  demo      a made-up show to try it all on
"""
