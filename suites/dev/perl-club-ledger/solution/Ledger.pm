package Ledger;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT_OK = ('balances');

sub cents {
    my ($sign, $whole, $decimals) = @_;
    my $cents = $whole * 100 + substr(($decimals // '') . '00', 0, 2);
    return $sign ? -$cents : $cents;
}

sub add_up {
    my ($booking, $balance) = @_;
    my ($number, @lines) = @$booking;
    die "line $number: too few lines\n" if @lines < 2;
    my ($sum, @open) = (0);
    for my $line (@lines) {
        if (defined $line->[1]) { $sum += $line->[1]; }
        else                    { push @open, $line; }
    }
    die "line $number: unbalanced\n" if @open > 1 || (!@open && $sum != 0);
    $open[0][1] = -$sum if @open;
    for my $line (@lines) {
        my ($account, $amount) = @$line;
        while (1) {
            $balance->{$account} += $amount;
            last unless $account =~ s/:[^:]*\z//;
        }
    }
}

sub balances {
    my ($text) = @_;
    my %balance;
    my $booking;
    my $number = 0;
    for my $line (split(/\n/, $text), '') {
        $number++;
        next if $line =~ /^;/;
        if ($booking && $line =~ /^ +(\S+(?: \S+)*?)(?: {2,}(-?)(\d+)(?:\.(\d\d?))?)? *$/) {
            push @$booking, [$1, defined $3 ? cents($2, $3, $4) : undef];
            next;
        }
        my $begins = $line =~ /^\d{4}-\d\d-\d\d(?: .*)?$/;
        die "line $number: bad line\n" if !$begins && $line !~ /^ *$/;
        add_up($booking, \%balance) if $booking;
        $booking = $begins ? [$number] : undef;
    }
    return \%balance;
}

1;
