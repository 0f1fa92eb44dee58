import sys, time
from bench.mutants import package as P, afresh
orig = afresh.found
def show(r):
    for x in r:
        if x.noticed is False: print(f"{'A' if x.code else 'F'} {x.module}:{x.line} {x.where}: {x.change}")
at = P._at_import
def at_import(package, file, found, *rest):
    r=[x for x in found if x.noticed is not None]
    print(package.name, "functions", len(r), sum(bool(x.noticed) for x in r), "left", len(found)-len(r), time.time()-t)
    show(r); sys.stdout.flush()
    at(package, file, found, *rest)
P._at_import = at_import
def found(ms, *a):
    n=0
    for m in orig(ms,*a):
        n+=1
        if not m.noticed: show([m])
        if n%10==0: print(n, time.time()-t, flush=True)
        yield m
afresh.found = found
for p in P.packages():
    if p.name in sys.argv[1:]:
        t=time.time()
        r = P.tried(p)
        print(p.name, len(r), sum(bool(x.noticed) for x in r), sum(x.code is not None for x in r), time.time()-t, flush=True)
