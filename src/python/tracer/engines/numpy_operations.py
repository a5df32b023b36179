"""
NumPy: the functions of it that are written in Python and may compute for long. Those in C (dot, matmul, ufuncs) are left alone: a stand-in would not
be what other libraries look for by identity; their threads show what they did.
"""
from .watching import has_monitoring, watch

# Not those that programs call in loops on a few numbers (sum, mean, norm): watching would cost as much as they do.
_FUNCTIONS = (
    'sort argsort unique median percentile quantile histogram histogram2d cov corrcoef genfromtxt savetxt load save savez savez_compressed '
    'tensordot kron einsum convolve correlate polyfit intersect1d union1d setdiff1d apply_along_axis'
)
# What they call counts the frames up to the program's: before Python 3.12 ours would be among these.
_COUNTED = 'loadtxt nanmedian nanpercentile nanquantile'
_LINALG = 'solve inv svd svdvals eig eigh eigvals eigvalsh qr cholesky det slogdet lstsq pinv matrix_rank matrix_power cond multi_dot tensorinv'
_FFT = 'fft ifft fft2 ifft2 fftn ifftn rfft irfft rfft2 irfft2 rfftn irfftn'


def patch(numpy):
    for module, prefix, names in (
        (numpy, 'numpy.', _FUNCTIONS + ' ' + _COUNTED if has_monitoring else _FUNCTIONS),
        (getattr(numpy, 'linalg', None), 'numpy.linalg.', _LINALG),
        (getattr(numpy, 'fft', None), 'numpy.fft.', _FFT),
    ):
        for name in names.split():
            watch(getattr(module, name, None), prefix + name, 'python', ('quiet',))
