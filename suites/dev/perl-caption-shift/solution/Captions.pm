package Captions;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT_OK = ('shift_captions');

my $TIME = qr/\d+:\d\d:\d\d\.\d{3}/;

sub shifted {
    my ($time, $ms) = @_;
    my ($h, $m, $s, $part) = split /[:.]/, $time;
    my $moved = (($h * 60 + $m) * 60 + $s) * 1000 + $part + $ms;
    return $moved > 0 ? $moved : 0;
}

sub written {
    my ($ms) = @_;
    my $s = int($ms / 1000);
    return sprintf '%d:%02d:%02d.%03d', int($s / 3600), int($s / 60) % 60, $s % 60, $ms % 1000;
}

sub shift_captions {
    my ($text, $ms) = @_;
    my $result = '';
    my $dropping = 0;
    for my $line (split /(?<=\n)/, $text) {
        if (!$dropping && $line =~ /^($TIME) > ($TIME)((?: .*)?\n?)\z/) {
            my ($begin, $end, $rest) = (shifted($1, $ms), shifted($2, $ms), $3);
            $dropping = $end == 0;
            $line = written($begin) . ' > ' . written($end) . $rest;
        }
        $result .= $line unless $dropping;
        $dropping = 0 if $line eq "\n";
    }
    return $result;
}

1;
