use strict;
use warnings;
use lib '.';
use Test::More;
use Captions 'shift_captions';

is(shift_captions('', 500), '', 'an empty text');
is(shift_captions("0:00:59.500 > 0:01:02.000\nHello\n", 750), "0:01:00.250 > 0:01:02.750\nHello\n", 'the example');
is(shift_captions("0:00:01.005 > 0:00:02.050\n", 0), "0:00:01.005 > 0:00:02.050\n", 'no shift keeps all digits');
is(shift_captions("0:59:59.999 > 9:59:59.000\n", 1001), "1:00:01.000 > 10:00:00.001\n", 'over the hours');
is(shift_captions("1:00:00.000 > 1:00:05.000\n", -1), "0:59:59.999 > 1:00:04.999\n", 'back over the hour');
is(shift_captions("0:00:10.000 > 0:00:12.000\n", 125_000), "0:02:15.000 > 0:02:17.000\n", 'by more than a minute');
is(shift_captions("0:00:01.000 > 0:00:03.000\nA\n", -2000), "0:00:00.000 > 0:00:01.000\nA\n", 'never below zero');
is(shift_captions("0:00:01.000 > 0:00:02.000\nA\nB\n\n0:00:03.000 > 0:00:04.000\nC\n", -2000),
    "0:00:01.000 > 0:00:02.000\nC\n", 'captions that end at zero go');
is(shift_captions("0:00:01.000 > 0:00:02.000\nA", -5000), '', 'the last caption goes');
is(shift_captions("0:00:01.000 > 0:00:02.000 top left\nA\n", 1000), "0:00:02.000 > 0:00:03.000 top left\nA\n", 'remarks stay');
is(shift_captions("at 0:00:01.000 > 0:00:02.000\n0:00:01.000\n0:00:01.00 > 0:00:02.00\n", 1000),
    "at 0:00:01.000 > 0:00:02.000\n0:00:01.000\n0:00:01.00 > 0:00:02.00\n", 'other lines stay');
is(shift_captions("title\n\n\n0:00:01.000 > 0:00:02.000\nA\n\n0:00:05.000 > 0:00:06.000\nB", 1),
    "title\n\n\n0:00:01.001 > 0:00:02.001\nA\n\n0:00:05.001 > 0:00:06.001\nB", 'all captions, all empty lines');
done_testing();
