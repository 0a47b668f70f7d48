use strict;
use warnings;
use lib '.';
use Test::More;
use Ledger 'balances';

sub fails {
    my ($text, $expected, $what) = @_;
    my $got = eval { balances($text); 'no error' } // $@;
    is($got, $expected, $what);
}

is_deeply(balances(''), {}, 'an empty ledger');
is_deeply(balances("2024-03-01 tea\n  costs:kitchen  4.50\n  cash\n"),
    { 'costs' => 450, 'costs:kitchen' => 450, 'cash' => -450 }, 'the example');
is_deeply(balances("2024-03-01\n  a  12\n  b  -12.00"), { a => 1200, b => -1200 }, 'all amounts given');
is_deeply(balances("2024-03-01 x\n  a  0.5\n  b  -12.05\n  c\n"), { a => 50, b => -1205, c => 1155 }, 'decimals');
is_deeply(balances("2024-03-01 x\n a b:c d   5\n e\n"), { 'a b' => 500, 'a b:c d' => 500, e => -500 }, 'blanks in accounts');
is_deeply(balances("2024-03-01 x\n  a  1\n  b\n\n2024-03-02 y\n  b  1\n  a\n"), { a => 0, b => 0 }, 'balances of zero');
is_deeply(balances("2024-03-01 x\n  a  1\n  b\n2024-03-02 y\n  a  1\n  c\n"), { a => 200, b => -100, c => -100 },
    'a date ends a booking');
is_deeply(balances("; head\n2024-03-01 x\n; in between\n  a  1\n;\n  b\n"), { a => 100, b => -100 }, 'comments');
is_deeply(balances("2024-03-01 x\n  a:b:c  1\n  a:b  2\n  a  3\n  d\n"),
    { 'a' => 600, 'a:b' => 300, 'a:b:c' => 100, 'd' => -600 }, 'accounts above');
is_deeply(balances("2024-03-01 x\n  a  0.10\n  a  0.20\n  b  -0.30\n"), { a => 30, b => -30 }, 'exact sums');
fails("\n2024-03-01 x\n  a  1\n  b  -2\n", "line 2: unbalanced\n", 'unbalanced');
fails("2024-03-01 x\n  a  1\n  b\n  c\n", "line 1: unbalanced\n", 'two open lines');
fails("2024-03-01 x\n  a  0\n\n", "line 1: too few lines\n", 'one line');
fails("2024-03-01 x\n  a  1\n  b\n2024-03-02 y\n", "line 4: too few lines\n", 'no lines');
fails("  a  1\n", "line 1: bad line\n", 'no booking');
fails("2024-03-01 x\n  a  1\n  b\n\n  c  1\n", "line 5: bad line\n", 'an account after the end of a booking');
fails("2024-03-01 x\nhello\n", "line 2: bad line\n", 'a line of no form');
fails("2024-3-1 x\n", "line 1: bad line\n", 'a wrong date');
done_testing();
