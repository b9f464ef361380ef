"""A linear-chain CRF in PyTorch in the exp domain with a scale per step (Rabiner),
tuned by hand: no autograd graph, no allocation inside the loop over time, three
calls a step and direction. It is the strongest peer that can be written in PyTorch
without a kernel of one's own."""
import torch


class ExpCRF:
    """Negative log-likelihood, summed over the batch, and its gradients.

    Emissions are [T, B, C], tags [T, B]; all documents have T tokens. Memory is
    kept from call to call.
    """

    def __init__(self, t, b, c):
        self.alpha = torch.empty(t, b, c)
        self.beta = torch.empty(b, c)
        self.right = torch.empty(t, b, c)  # e_t beta_t / c_t
        self.scale = torch.empty(t, b, 1)
        # One view a step, made once: indexing costs as much as a small product.
        self.alphas = self.alpha.unbind(0)
        self.rights = self.right.unbind(0)
        self.scales = self.scale.unbind(0)

    @torch.no_grad()
    def run(self, emit, tags, trans, start, end):
        t_all, b, c = emit.shape
        top_emit = emit.amax(2, keepdim=True)
        e = torch.sub(emit, top_emit).exp_()
        top = trans.max()
        matrix = (trans - top).exp_()
        matrix_t = matrix.t().contiguous()
        top_start, top_end = start.max(), end.max()
        first, last = (start - top_start).exp_(), (end - top_end).exp_()
        es, alphas, rights, scales = e.unbind(0), self.alphas, self.rights, self.scales
        mm, mul, div, total = torch.mm, torch.mul, torch.div, torch.sum

        a = alphas[0]
        mul(es[0], first, out=a)
        total(a, 1, keepdim=True, out=scales[0])
        a.div_(scales[0])
        for t in range(1, t_all):
            now, s = alphas[t], scales[t]
            mm(a, matrix, out=now)
            now.mul_(es[t])
            total(now, 1, keepdim=True, out=s)
            now.div_(s)
            a = now
        mass = a @ last
        log_z = (self.scale.double().log().sum((0, 2)) + top_emit.double().sum((0, 2)) + mass.double().log()
                 + (t_all - 1) * top.double() + top_start.double() + top_end.double())

        e.div_(self.scale)
        beta = self.beta
        torch.div(last, mass.unsqueeze(1), out=beta)
        for t in range(t_all - 1, 0, -1):
            right = rights[t]
            mul(es[t], beta, out=right)
            mm(right, matrix_t, out=beta)
        # alpha beta: e_t beta_t / c_t times alpha_(t-1) E is the marginal of t.
        d_emit = torch.empty_like(emit)
        flat = (t_all - 1) * b
        torch.mul(self.alpha[0], beta, out=d_emit[0])
        torch.mm(self.alpha[:-1].view(flat, c), matrix, out=d_emit[1:].view(flat, c))
        d_emit[1:].mul_(self.right[1:])
        d_trans = torch.mm(self.alpha[:-1].view(flat, c).t(), self.right[1:].view(flat, c)).mul_(matrix)
        d_start, d_end = d_emit[0].sum(0), d_emit[-1].sum(0)

        ones = torch.ones(t_all, b)
        d_emit.scatter_add_(2, tags.unsqueeze(2), -ones.unsqueeze(2))
        d_trans.index_put_((tags[:-1].reshape(-1), tags[1:].reshape(-1)), -ones[1:].reshape(-1), accumulate=True)
        d_start.index_add_(0, tags[0], -ones[0])
        d_end.index_add_(0, tags[-1], -ones[0])
        gold = (emit.gather(2, tags.unsqueeze(2)).double().sum((0, 2)) + trans[tags[:-1], tags[1:]].double().sum(0)
                + start[tags[0]].double() + end[tags[-1]].double())
        return (log_z - gold).sum(), d_emit, d_trans, d_start, d_end
