#!/usr/bin/env python3
"""What epoch.cpp measures, in eager PyTorch with its own optimizers: one epoch of each table flow on 1,296 rows of 11
features in batches of 100, and one step of an image Glow with one step per level; the latter by normflows too, where
that package is installed. On one thread.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python3 eager.py
"""
import time

import torch
from torch import nn
from torch.nn import functional as F

DIMS, HIDDEN, BLOCKS = 11, 512, 5


class MaskedLinear(nn.Linear):
    def __init__(self, mask):
        super().__init__(mask.shape[1], mask.shape[0])
        self.register_buffer("mask", mask)

    def forward(self, x):
        return F.linear(x, self.weight * self.mask, self.bias)


class Made(nn.Module):
    def __init__(self):
        super().__init__()
        inner = torch.arange(HIDDEN) % (DIMS - 1)
        first, last = torch.arange(DIMS), torch.arange(2 * DIMS) % DIMS - 1
        mask = lambda out, into: (out[:, None] >= into[None, :]).float()
        self.net = nn.Sequential(MaskedLinear(mask(inner, first)), nn.ReLU(), MaskedLinear(mask(inner, inner)),
                                 nn.ReLU(), MaskedLinear(mask(last, inner)))

    def forward(self, x):
        shift, log_scale = self.net(x).chunk(2, 1)
        return (x - shift) * torch.exp(-log_scale), -log_scale.sum(1)


class Coupling(nn.Module):
    def __init__(self, parity):
        super().__init__()
        self.register_buffer("mask", ((torch.arange(DIMS) + parity) % 2).float())
        net = lambda act: nn.Sequential(nn.Linear(DIMS, HIDDEN), act(), nn.Linear(HIDDEN, HIDDEN), act(),
                                        nn.Linear(HIDDEN, DIMS))
        self.scale, self.shift = net(nn.Tanh), net(nn.ReLU)

    def forward(self, x):
        seen, changed = x * self.mask, 1 - self.mask
        log_scale = self.scale(seen) * changed
        return x * torch.exp(log_scale) + self.shift(seen) * changed, log_scale.sum(1)


class BatchNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.log_gamma, self.beta = nn.Parameter(torch.zeros(DIMS)), nn.Parameter(torch.zeros(DIMS))

    def forward(self, x):
        mean = x.mean(0)
        var = (x - mean).pow(2).mean(0) + 1e-5
        return torch.exp(self.log_gamma) * (x - mean) / var.sqrt() + self.beta, (self.log_gamma - var.log() / 2).sum()


class Reverse(nn.Module):
    def forward(self, x):
        return x.flip(1), 0.0


class Lu(nn.Module):
    def __init__(self, size):
        super().__init__()
        p, lower, upper = torch.linalg.lu(torch.linalg.qr(torch.randn(size, size))[0])
        self.register_buffer("p", p)
        self.register_buffer("sign", upper.diagonal().sign())
        self.lower, self.upper = nn.Parameter(lower), nn.Parameter(upper)
        self.log_s = nn.Parameter(upper.diagonal().abs().log())

    def matrix(self):
        lower = self.lower.tril(-1) + torch.eye(len(self.p))
        return self.p @ lower @ (self.upper.triu(1) + torch.diag(self.sign * self.log_s.exp()))

    def forward(self, x):
        if x.dim() == 4:
            return F.conv2d(x, self.matrix()[:, :, None, None]), self.log_s.sum() * x.shape[2] * x.shape[3]
        return x @ self.matrix(), self.log_s.sum()


class ActNorm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.s, self.t = (nn.Parameter(torch.zeros(1, channels, 1, 1)) for _ in range(2))

    def forward(self, x):
        return (x - self.t) * torch.exp(-self.s), -self.s.sum() * x.shape[2] * x.shape[3]


class ImageCoupling(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(channels // 2, HIDDEN, 3, padding=1), nn.LeakyReLU(0.0),
                                 nn.Conv2d(HIDDEN, HIDDEN, 1), nn.LeakyReLU(0.0),
                                 nn.Conv2d(HIDDEN, channels, 3, padding=1))

    def forward(self, x):
        seen, changed = x.chunk(2, 1)
        output = self.net(seen)
        scale = torch.sigmoid(output[:, 1::2] + 2)
        return torch.cat([seen, (changed - output[:, 0::2]) * scale], 1), scale.log().sum((1, 2, 3))


def through(layers, x):
    log_det = 0.0
    for layer in layers:
        x, change = layer(x)
        log_det = log_det + change
    return x, log_det


def table(kind):
    layers = []
    for block in range(BLOCKS):
        layers += {"maf": lambda: [Made(), BatchNorm(), Reverse()],
                   "realnvp": lambda: [Coupling(block % 2), BatchNorm()],
                   "glow": lambda: [BatchNorm(), Lu(DIMS), Coupling(block % 2)]}[kind]()
    return nn.ModuleList(layers)


def table_loss(layers, x):
    u, log_det = through(layers, x)
    return -(-0.5 * u.pow(2).sum(1) + log_det).mean()


def image():
    return nn.ModuleList(nn.ModuleList([ActNorm(c), Lu(c), ImageCoupling(c)]) for c in (12, 24, 48))


def image_loss(levels, x):
    total = 0.0
    for index, layers in enumerate(levels):
        x, log_det = through(layers, F.pixel_unshuffle(x, 2))
        total = total + log_det
        latent = x
        if index < 2:
            x, latent = x.chunk(2, 1)
        total = total - 0.5 * latent.pow(2).sum((1, 2, 3))
    return -total.mean()


def normflows_image():
    """The same model, as normflows' own example builds it."""
    import normflows as nf
    levels = 3
    bases, flows, merges = [], [], []
    for i in range(levels):
        flows.append([nf.flows.GlowBlock(3 * 2 ** (levels + 1 - i), HIDDEN, split_mode="channel", scale=True),
                      nf.flows.Squeeze()])
        if i > 0:
            merges.append(nf.flows.Merge())
        side = 32 // 2 ** (levels - i if i > 0 else levels)
        bases.append(nf.distributions.GlowBase((3 * 2 ** (levels - i if i > 0 else levels + 1), side, side)))
    return nf.MultiscaleFlow(bases, flows, merges)


def step(model, loss, optimizer, batch):
    optimizer.zero_grad()
    loss(model, batch).backward()
    optimizer.step()


def best(action, repeats):
    """Least milliseconds of processor time."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return 1000 * min(times)


def main():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    rows = torch.randn(1296, DIMS)
    for kind in "maf", "realnvp", "glow":
        model = table(kind)
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, weight_decay=1e-6)

        def epoch():
            for batch in rows.split(100):
                step(model, table_loss, optimizer, batch)

        print(f"table_epoch/{kind:8} {best(epoch, 5):8.1f} ms")
    batch = torch.randn(16, 3, 32, 32)
    glows = {"image_step/1": (image, image_loss)}
    try:
        import normflows
        glows[f"image_step/1, normflows {normflows.__version__}"] = normflows_image, lambda model, x: model.forward_kld(x)
    except ImportError:
        pass
    for name, (make, loss) in glows.items():
        model = make()
        loss(model, batch)  # normflows initialises its ActNorm here
        optimizer = torch.optim.Adamax(model.parameters(), lr=1e-3, weight_decay=1e-5)
        print(f"{name:20} {best(lambda: step(model, loss, optimizer, batch), 5):8.1f} ms")


if __name__ == "__main__":
    main()
