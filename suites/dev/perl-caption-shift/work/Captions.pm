package Captions;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT_OK = ('shift_captions');

sub shift_time {
    my ($time, $ms) = @_;
    my ($h, $m, $s) = split /:/, $time;
    $s += $ms / 1000;
    if ($s > 60) { $s -= 60; $m++; }
    return sprintf '%d:%02d:%.3f', $h, $m, $s;
}

sub shift_captions {
    my ($text, $ms) = @_;
    $text =~ s/(\d+:\d\d:\d\d\.\d+)/shift_time($1, $ms)/e;
    return $text;
}

1;
