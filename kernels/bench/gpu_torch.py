"""What gpu_peers.py compares with: PyTorch, pytorch-crf and the CRF of expcrf.py on one device."""
import time

GAMMA = 2


class Absent(Exception):
    """A peer is not installed, or cannot do this."""


def need(name):
    try:
        return __import__(name)
    except (ImportError, OSError) as e:  # OSError: a library of it is missing
        raise Absent(f"{name}: {e}") from e


class Torch:
    """The peers, made on one device."""

    def __init__(self, sizes, device):
        self.torch = torch = need("torch")
        if device.startswith("cuda") and not torch.cuda.is_available():
            raise Absent(f"torch {torch.__version__} sees no GPU")
        torch.set_default_device(device)
        torch.backends.cuda.matmul.allow_tf32 = False  # both sides in float32
        self.s, self.device = sizes, device

    def wait(self):
        if self.device.startswith("cuda"):
            self.torch.cuda.synchronize()

    def seconds(self, call):
        """The time of one call, of several in a row that last 30 ms."""
        def several(n):
            self.wait()
            began = time.perf_counter()
            for _ in range(n):
                call()
            self.wait()
            return (time.perf_counter() - began) / n
        several(1)
        first = several(1)
        return several(min(max(1, int(0.03 / first)), 10000))

    def crf(self):
        """pytorch-crf's module, emissions and labels."""
        torch, s = self.torch, self.s
        torchcrf = need("torchcrf")
        torch.manual_seed(1)
        module = torchcrf.CRF(s.C)
        for p in module.parameters():
            torch.nn.init.normal_(p)
        return module, torch.randn(s.T, s.B, s.C), torch.randint(s.C, (s.T, s.B))

    def crf_forward(self):
        module, emit, tags = self.crf()

        def call():
            with self.torch.no_grad():
                module(emit, tags, reduction="sum")
        return call

    def crf_both(self):
        module, emit, tags = self.crf()
        emit.requires_grad_()

        def call():
            emit.grad = None
            module.zero_grad(set_to_none=True)
            (-module(emit, tags, reduction="sum")).backward()
        return call

    def crf_decode(self):
        module, emit, _ = self.crf()

        def call():
            with self.torch.no_grad():
                module.decode(emit)
        return call

    def exp_crf(self):
        """The CRF tuned by hand, after its answers have been held to automatic
        differentiation in the log domain."""
        torch = self.torch
        from expcrf import ExpCRF

        def operands(t, b, c):
            torch.manual_seed(1)
            return torch.randn(t, b, c), torch.randint(c, (t, b)), torch.randn(c, c), torch.randn(c), torch.randn(c)

        t, b, c = 7, 3, 5
        emit, tags, *weights = operands(t, b, c)
        x, trans, start, end = (v.double().requires_grad_() for v in (emit, *weights))
        a = start + x[0]
        gold = start[tags[0]] + end[tags[-1]] + x.gather(2, tags.unsqueeze(2)).sum((0, 2)) + trans[tags[:-1], tags[1:]].sum(0)
        for i in range(1, t):
            a = (a.unsqueeze(2) + trans).logsumexp(1) + x[i]
        nll = ((a + end).logsumexp(1) - gold).sum()
        nll.backward()
        for got, want in zip(ExpCRF(t, b, c).run(emit, tags, *weights), (nll.detach(), x.grad, trans.grad, start.grad, end.grad)):
            if not torch.allclose(got.double(), want, rtol=1e-4, atol=1e-4):
                raise Absent("the exp-domain CRF does not agree with automatic differentiation")
        s = self.s
        large, mine = operands(s.T, s.B, s.C), ExpCRF(s.T, s.B, s.C)
        return lambda: mine.run(*large)

    def exp_crf_graph(self):
        """The same, recorded once and replayed without the cost of starting each kernel."""
        torch = self.torch
        if not self.device.startswith("cuda"):
            raise Absent("CUDA graphs need a GPU")
        call, side = self.exp_crf(), torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                call()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            call()
        return graph.replay

    def cosine(self):
        torch, s = self.torch, self.s
        torch.manual_seed(1)
        x, p = torch.randn(s.N, s.D, requires_grad=True), torch.randn(s.C, s.D, requires_grad=True)
        scale, up = torch.tensor(10.0, requires_grad=True), torch.randn(s.N, s.C)
        unit = torch.nn.functional.normalize

        def call():
            x.grad = p.grad = scale.grad = None
            (scale * (unit(x, eps=1e-8) @ unit(p, eps=1e-8).t())).backward(up)
        return call

    def cosine_forward(self):
        torch, s = self.torch, self.s
        torch.manual_seed(1)
        x, p, unit = torch.randn(s.N, s.D), torch.randn(s.C, s.D), torch.nn.functional.normalize

        def call():
            with torch.no_grad():
                return 10.0 * (unit(x, eps=1e-8) @ unit(p, eps=1e-8).t())
        return call

    def focal(self, docs):
        torch, s = self.torch, self.s
        torch.manual_seed(1)
        z, y = torch.randn(s.T * docs, s.C, requires_grad=True), torch.randint(s.C, (s.T * docs,))

        def call():
            z.grad = None
            log_p = torch.log_softmax(z, 1).gather(1, y.unsqueeze(1)).squeeze(1)
            (-(1 - log_p.exp()) ** GAMMA * log_p).mean().backward()
        return call

    def copy(self, docs):
        torch, s = self.torch, self.s
        x, y = torch.randn(s.T * docs, s.C), torch.empty(s.T * docs, s.C)
        return lambda: y.copy_(x)
