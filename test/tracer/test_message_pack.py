"""Reading of MessagePack, by the examples of its specification."""
import os
import struct
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'src', 'python'))
import boot  # noqa: E402

del sys.path[0]
unpack = boot.load('tracer.engines.message_pack').unpack


class MessagePackTest(unittest.TestCase):
    def test_values(self):
        for data, value in (
            (b'\xc0', None),
            (b'\xc2', False),
            (b'\xc3', True),
            (b'\x7f', 127),
            (b'\xe0', -32),
            (b'\xcc\xff', 255),
            (b'\xcd\x01\x00', 256),
            (b'\xce\x00\x01\x00\x00', 1 << 16),
            (b'\xcf' + b'\xff' * 8, (1 << 64) - 1),
            (b'\xd0\x80', -128),
            (b'\xd1\x80\x00', -(1 << 15)),
            (b'\xd2\x80\x00\x00\x00', -(1 << 31)),
            (b'\xd3\x80' + b'\x00' * 7, -(1 << 63)),
            (b'\xca' + struct.pack('>f', 0.5), 0.5),
            (b'\xcb' + struct.pack('>d', 0.1), 0.1),
            (b'\xa2\xc3\xa9', '\xe9'),
            (b'\xd9\x01a', 'a'),
            (b'\xda\x00\x01a', 'a'),
            (b'\xdb\x00\x00\x00\x01a', 'a'),
            (b'\xc4\x01\xff', b'\xff'),
            (b'\xc5\x00\x01\xff', b'\xff'),
            (b'\xc6\x00\x00\x00\x01\xff', b'\xff'),
            (b'\x92\x01\x90', [1, []]),
            (b'\xdc\x00\x01\x02', [2]),
            (b'\xdd\x00\x00\x00\x01\x02', [2]),
            (b'\x82\xa1a\x01\x02\x80', {'a': 1, 2: {}}),
            (b'\xde\x00\x01\x01\x02', {1: 2}),
            (b'\xdf\x00\x00\x00\x01\x01\x02', {1: 2}),
        ):
            self.assertEqual(unpack(data), value, data)

    def test_damage(self):
        for data in (b'', b'\x92\x01', b'\xcd\x01', b'\xa5abc', b'\xc4\x05a', b'\xcb\x00', b'\x01\x02', b'\xc1', b'\xd4\x01\x02', b'\xa1\xff', b'\x91' * 100000):
            with self.assertRaises(ValueError, msg=data[:20]):
                unpack(data)


if __name__ == '__main__':
    unittest.main()
