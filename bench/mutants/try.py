import sys, time
from bench.mutants import package as P, afresh
orig = afresh.found
def found(ms, *a):
    print("afresh", len(ms), time.time()-t, flush=True)
    n=0
    for m in orig(ms,*a):
        n+=1
        if n%10==0: print(n, time.time()-t, flush=True)
        yield m
afresh.found = found
for p in P.packages():
    if p.name in sys.argv[1:]:
        t=time.time()
        r = P.tried(p)
        print(p.name, len(r), sum(bool(x.noticed) for x in r), sum(x.code is not None for x in r), time.time()-t)
        for x in r:
            if not x.noticed: print(f"{'A' if x.code else 'F'} {x.module}:{x.line} {x.where}: {x.change}")
