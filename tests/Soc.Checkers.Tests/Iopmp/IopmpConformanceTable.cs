namespace Soc.Checkers.Tests.Iopmp;

/// <summary>
/// The cases A to H of iopmp.md section 18.2 in its notation (18.1): id, config ("^" goes on from the case before), program,
/// access, response, and what ERR_INFO, ERR_REQADDR and rrid/eid read afterwards.
/// </summary>
internal static class IopmpConformanceTable
{
    public const string Rows =
        """
        A1 | FULL | MDCFG0=4; EN1=0x2; E0=NA4 0x80000010 r; ON | s1 R 0x80000010 4 | ok |  |  |
        A2 | ^ |  | s1 R 0x80000010 8 | err | 0x43 | 0x20000004 | 1/0
        A3 | ^ | ERR_INFO=1 | s1 R 0x8000000c 4 | err | 0x53 | 0x20000003 | 1/-
        A4 | ^ | ERR_INFO=1 | s1 R 0x80000013 1 | ok | 0x0 |  |
        A5 | FULL | MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000018 +8 r; ON | s1 R 0x8000001c 4 | ok |  |  |
        A6 | ^ |  | s1 R 0x80000014 8 | err | 0x43 | 0x20000005 | 1/0
        A7 | FULL | MDCFG0=4; EN1=0x2; E0=rawNAPOT 0xffffffff r; ON | s1 R 0x7fffffff8 8 | ok |  |  |
        A8 | ^ |  | s1 R 0x800000000 4 | err | 0x53 | 0x0 | 1/-
        A9 | FULL | MDCFG0=4; EN1=0x2; E0=TOR 0x80001000 r; ON | s1 R 0x0 4 | ok |  |  |
        A10 | ^ |  | s1 R 0x80001000 4 | err | 0x53 | 0x20000400 | 1/-
        A11 | ^ | ERR_INFO=1 | s1 R 0x80000ffc 4 | ok |  |  |
        A12 | FULL | MDCFG0=4; EN1=0x2; E0=OFF 0x80000000; E1=TOR 0x80001000 rw; ON | s1 W 0x80000000 4 | ok |  |  |
        A13 | ^ |  | s1 R 0x7ffffffc 8 | err | 0x43 | 0x1fffffff | 1/1
        A14 | FULL | MDCFG0=1; MDCFG1=4; EN1=0x4; E0=NAPOT 0x80000000 +0x1000 r; E1=TOR 0x80002000 w; ON | s1 W 0x800007fc 4 | ok |  |  |
        A15 | ^ |  | s1 W 0x800007f8 4 | err | 0x55 | 0x200001fe | 1/-
        A16 | ^ | ERR_INFO=1; E0=OFF 0x80000400 | s1 W 0x800007f8 4 | ok |  |  |
        A17 | FULL | MDCFG0=4; EN1=0x2; E0=OFF 0x80002000; E1=TOR 0x80001000 rwx; ON | s1 R 0x80001800 4 | err | 0x53 | 0x20000600 | 1/-
        A18 | FULL gran=4096 | MDCFG0=4; EN1=0x2; E0=rawNAPOT 0x20000000 r; ON | s1 R 0x80000ffc 4 | ok |  |  |
        A19 | ^ |  | read ENTRY_ADDR(0) (0x2000) | 0x200001ff |  |  |
        A20 | FULL gran=4096 | MDCFG0=4; EN1=0x2; E0=rawOFF 0x20000001; E1=rawTOR 0x200007ff r; ON | s1 R 0x80000000 4 | ok |  |  |
        A21 | ^ |  | s1 R 0x80001000 4 | err | 0x53 | 0x20000400 | 1/-
        A22 | ^ |  | read ENTRY_ADDR(0) (0x2000) | 0x20000000 |  |  |
        A23 | FULL gran=64 | E0=NA4 0x80000010 rw | read ENTRY_CFG(0) (0x2008) | 0x3 |  |  |
        A24 | FULL notor | E0=TOR 0x80001000 rx | read ENTRY_CFG(0) (0x2008) | 0x5 |  |  |
        A25 | FULL addrh | MDCFG0=4; EN1=0x2; E0=NAPOT 0x1280000000 +0x1000 r; ON | s1 R 0x1280000ff8 8 | ok |  |  |
        A26 | ^ |  | s1 W 0x1280000000 4 | err | 0x25 | 0x4:0xa0000000 | 1/0
        B1 | FULL | MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 r; ON | s1 W 0x80000100 4 | err | 0x25 | 0x20000040 | 1/0
        B2 | ^ | ERR_INFO=1 | s1 X 0x80000100 4 | err | 0x37 | 0x20000040 | 1/0
        B3 | FULL | MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 w; ON | s1 A 0x80000100 4 | err | 0x25 | 0x20000040 | 1/0
        B4 | ^ | ERR_INFO=1; E0=NAPOT 0x80000000 +0x1000 rw | s1 A 0x80000100 4 | ok |  |  |
        B5 | FULL no_w | MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 rw; ON | s1 W 0x80000000 4 | err | 0x55 | 0x20000000 | 1/-
        B6 | ^ | ERR_INFO=1 | s1 A 0x80000000 4 | err | 0x55 | 0x20000000 | 1/-
        B7 | FULL no_x | MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 rwx; ON | s1 X 0x80000000 4 | err | 0x57 | 0x20000000 | 1/-
        B8 | FULL xinr | MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 r; ON | s1 X 0x80000000 4 | ok |  |  |
        B9 | ^ | E0=NAPOT 0x80000000 +0x1000 x | s1 X 0x80000000 4 | err | 0x13 | 0x20000000 | 1/0
        B10 | FULL sps | MDCFG0=4; EN1=0x2; R1=0x2; E0=NAPOT 0x80000000 +0x1000 rwx; ON | s1 W 0x80000000 4 | err | 0x25 | 0x20000000 | 1/0
        B11 | ^ | ERR_INFO=1 | s1 R 0x80000000 4 | ok |  |  |
        B12 | ^ |  | s1 X 0x80000000 4 | err | 0x37 | 0x20000000 | 1/0
        B13 | ^ | ERR_INFO=1; X1=0x2 | s1 X 0x80000000 4 | ok |  |  |
        B14 | ^ | W1=0x2; E0=NAPOT 0x80000000 +0x1000 r | s1 W 0x80000000 4 | err | 0x25 | 0x20000000 | 1/0
        B15 | S2M1 | PERM0=0x4; E0=NAPOT 0x80000000 +0x1000 -; ON | s1 R 0x80000000 4 | ok |  |  |
        B16 | ^ |  | s1 X 0x80000000 4 | ok |  |  |
        B17 | ^ |  | s1 W 0x80000000 4 | err | 0x25 | 0x20000000 | 1/0
        B18 | ^ | ERR_INFO=1; E0=NAPOT 0x80000000 +0x1000 w | s5 W 0x80000000 4 | ok |  |  |
        B19 | ^ |  | s1 A 0x80000000 4 | ok |  |  |
        B20 | S2M1 rrid=20 | PERMH0=0x4; E0=NAPOT 0x80000000 +0x1000 -; ON | s17 R 0x80000000 4 | ok |  |  |
        B21 | ^ |  | s16 R 0x80000000 4 | err | 0x13 | 0x20000000 | 16/0
        C1 | FULL | MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 rwx; ON | s8 R 0x80000000 4 | err | 0x63 | 0x20000000 | 8/-
        C2 | ^ | ERR_INFO=1 | s2 R 0x80000000 4 | err | 0x53 | 0x20000000 | 2/-
        C3 | FULL | MDCFG0=2; MDCFG1=3; EN1=0x2; EN2=0x4; E2=NAPOT 0x80000000 +0x1000 r; ON | s1 R 0x80000000 4 | err | 0x53 | 0x20000000 | 1/-
        C4 | ^ | ERR_INFO=1 | s2 R 0x80000000 4 | ok |  |  |
        C5 | FULL | MDCFG0=20; EN1=0x2; E15=NAPOT 0x80000000 +0x1000 r; ON | s1 R 0x80000000 4 | ok |  |  |
        C6 | FULL | MDCFG0=2; MDCFG1=4; EN1=0x6; E1=NAPOT 0x80000000 +0x1000 w; E3=NAPOT 0x80000000 +0x1000 r; ON | s1 R 0x80000000 4 | err | 0x13 | 0x20000000 | 1/1
        C7 | ^ | ERR_INFO=1; EN2=0x4 | s2 R 0x80000000 4 | ok |  |  |
        C8 | FULL md=40 | MDCFG35=1; ENH1=0x10; E0=NAPOT 0x80000000 +0x1000 r; ON | s1 R 0x80000000 4 | ok |  |  |
        C9 | RAPID | EN1=0x4; E2=NAPOT 0x80000000 +0x1000 r; E4=NAPOT 0x80001000 +0x1000 r; ON | s1 R 0x80000000 4 | ok |  |  |
        C10 | ^ |  | s1 R 0x80001000 4 | err | 0x53 | 0x20000400 | 1/-
        C11 | DYN | HWCFG3=0x3a; EN1=0x2; E2=NAPOT 0x80000000 +0x1000 r; ON | s1 R 0x80000000 4 | ok |  |  |
        C12 | ^ | HWCFG3=0x1a | s1 R 0x80000000 4 | ok |  |  |
        C13 | ISO | MDCFG0=1; MDCFG1=2; MDCFG2=4; E2=NAPOT 0x80000000 +0x1000 r; ON | s2 R 0x80000000 4 | ok |  |  |
        C14 | ^ |  | s1 R 0x80000000 4 | err | 0x53 | 0x20000000 | 1/-
        C15 | COMPACT | E6=NAPOT 0x80000000 +0x1000 r; ON | s3 R 0x80000000 4 | ok |  |  |
        C16 | COMPACT entries=12 | E6=NAPOT 0x80000000 +0x1000 r; ON | s7 R 0x80000000 4 | err | 0x53 | 0x20000000 | 7/-
        C17 | FULL | MDCFG0=4; MDCFG1=2; ON | read MDCFG(1) (0x804) | 0x4 |  |  |
        C18 | ^ | MDCFG0=6 | read MDCFG(7) (0x81c) | 0x6 |  |  |
        D1 | FULL | MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 w; E1=NAPOT 0x80000000 +0x2000 rw; ON | s1 R 0x80000000 4 | err | 0x13 | 0x20000000 | 1/0
        D2 | ^ | ERR_INFO=1 | s1 W 0x80000000 4 | ok |  |  |
        D3 | ^ |  | s1 W 0x80000ffc 8 | err | 0x45 | 0x200003ff | 1/0
        D4 | FULL | MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 rw; E1=NAPOT 0x80001000 +0x1000 rw; ON | s1 W 0x80000ffc 8 | err | 0x45 | 0x200003ff | 1/0
        D5 | FULL np=0 | MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 -; E1=NAPOT 0x80000000 +0x2000 rw; ON | s1 W 0x80000ffc 8 | ok |  |  |
        D6 | FULL np=0 | MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 rw; E1=NAPOT 0x80001000 +0x1000 rw; ON | s1 W 0x80000ffc 8 | err | 0x55 | 0x200003ff | 1/-
        D7 | FULL np=0 | MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 w; E1=NAPOT 0x80000000 +0x2000 r; ON | s1 R 0x80000000 4 | ok |  |  |
        D8 | ^ |  | s1 A 0x80000000 4 | err | 0x25 | 0x20000000 | 1/any
        D9 | ^ | ERR_INFO=1 | s1 X 0x80000000 4 | err | 0x37 | 0x20000000 | 1/any
        D10 | FULL np=1 | MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 rw; E1=NAPOT 0x80000000 +0x2000 rw; ON | s1 W 0x80000ffc 8 | err | 0x45 | 0x200003ff | 1/0
        D11 | ^ | ERR_INFO=1; E0=NAPOT 0x80000000 +0x1000 r | s1 W 0x80000000 4 | err | 0x25 | 0x20000000 | 1/0
        D12 | FULL np=1 npprog | MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 r; E1=NAPOT 0x80000000 +0x2000 rw; ON; HWCFG2=0x0 | s1 W 0x80000ffc 8 | ok |  |  |
        D13 | ^ | HWCFG2=0x10000; HWCFG2=0x1 | s1 W 0x80000ffc 8 | ok |  |  |
        E1 | FULL | MDCFG0=4; EN1=0x2; ERR_CFG=0x2; ON | s1 R 0x1000 4 | err irq | 0x53 | 0x400 | 1/-
        E2 | ^ |  | s2 W 0x2000 4 | err | 0x53 | 0x400 | 1/-
        E3 | ^ | ERR_INFO=0 | s2 W 0x2000 4 | err | 0x53 | 0x400 | 1/-
        E4 | ^ | ERR_INFO=1 | s2 W 0x2000 4 | err irq | 0x55 | 0x800 | 2/-
        E5 | FULL | MDCFG0=4; EN1=0x2; ERR_CFG=0x4; ON | s1 R 0x1000 4 | fake | 0x0 |  |
        E6 | ^ | ERR_CFG=0x6 | s1 R 0x1000 4 | fake irq | 0x53 | 0x400 | 1/-
        E7 | FULL peis pees | MDCFG0=4; EN1=0x2; ERR_CFG=0x6; E0=NAPOT 0x80000000 +0x1000 r siwe; ON | s1 W 0x80000000 4 | fake | 0x0 |  |
        E8 | ^ | ERR_CFG=0x2 | s1 W 0x80000000 4 | err | 0x25 | 0x20000000 | 1/0
        E9 | ^ | ERR_INFO=1 | s1 X 0x80000000 4 | err irq | 0x37 | 0x20000000 | 1/0
        E10 | ^ | ERR_INFO=1; E0=NAPOT 0x80000000 +0x1000 r sewe | s1 W 0x80000000 4 | fake irq | 0x25 | 0x20000000 | 1/0
        E11 | ^ | ERR_INFO=1; ERR_CFG=0x0 | s1 W 0x80000000 4 | fake | 0x0 |  |
        E12 | ^ | ERR_CFG=0x2; E0=NAPOT 0x80000000 +0x1000 r sire siwe sixe sere sewe sexe | s1 W 0x80000ffc 8 | err irq | 0x45 | 0x200003ff | 1/0
        E13 | FULL np=0 peis pees | MDCFG0=4; EN1=0x2; ERR_CFG=0x6; E0=NAPOT 0x80000000 +0x1000 r siwe; E1=NAPOT 0x80000000 +0x2000 r; ON | s1 W 0x80000000 4 | fake irq | 0x25 | 0x20000000 | 1/1
        E14 | ^ | ERR_INFO=1; E1=NAPOT 0x80000000 +0x2000 r siwe | s1 W 0x80000000 4 | fake | 0x0 |  |
        E15 | FULL peis pees | MDCFG0=4; EN1=0x2; ERR_CFG=0x6; E0=NAPOT 0x80000000 +0x1000 w siwe sewe; ON | s1 A 0x80000000 4 | fake | 0x0 |  |
        E16 | FULL noeid | MDCFG0=4; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 r; ON | s1 W 0x80000000 4 | err | 0x25 | 0x20000000 | 1/0xffff
        E17 | FULL mfr rrid=32 | MDCFG0=4; EN1=0x2; ERR_CFG=0x2; ON | s1 R 0x1000 4 | err irq | 0x53 | 0x400 | 1/-
        E18 | ^ |  | s2 R 0x1000 4 | err | 0x153 | 0x400 | 1/-
        E19 | ^ |  | s20 W 0x1000 4 | err | 0x153 | 0x400 | 1/-
        E20 | ^ |  | read ERR_MFR (0x74) | 0x80000004 |  |  |
        E21 | ^ |  | read ERR_INFO (0x64) | 0x153 |  |  |
        E22 | ^ |  | read ERR_MFR (0x74) | 0x80010010 |  |  |
        E23 | ^ |  | read ERR_INFO (0x64) | 0x53 |  |  |
        E24 | FULL msi | MDCFG0=4; EN1=0x2; MSIADDR=0x02400000; ERR_CFG=0x550a; ON | s1 R 0x1000 4 | err msi:0x9000000<=0x55 | 0x53 | 0x400 | 1/-
        E25 | ^ | ERR_INFO=1 | s1 R 0x1000 4 msifail | err msi:0x9000000<=0x55 | 0x5b | 0x400 | 1/-
        E26 | ^ | ERR_INFO=9 | read ERR_INFO (0x64) | 0x0 |  |  |
        F1 | FULL | MDCFG0=4; EN1=0x2; E1=NAPOT 0x80000000 +0x1000 r; ENTRYLCK=0x4; E1=NAPOT 0x80000000 +0x1000 rw; ON | s1 W 0x80000000 4 | err | 0x25 | 0x20000000 | 1/1
        F2 | ^ | ERR_INFO=1; E2=NAPOT 0x80002000 +0x1000 w | s1 W 0x80002000 4 | ok |  |  |
        F3 | ^ | ENTRYLCK=0x2 | read ENTRYLCK (0x4c) | 0x4 |  |  |
        F4 | ^ | ENTRYLCK=0x7; ENTRYLCK=0x1e | read ENTRYLCK (0x4c) | 0x7 |  |  |
        F5 | FULL | MDCFG0=2; MDCFGLCK=0x2; MDCFG0=5; MDCFG1=6 | read MDCFG(0) (0x800) | 0x2 |  |  |
        F6 | ^ |  | read MDCFG(1) (0x804) | 0x6 |  |  |
        F7 | FULL sps | EN1=0x3; R1=0x2; EN1=0x4 | read SRCMD_EN(1) (0x1020) | 0x3 |  |  |
        F8 | ^ |  | read SRCMD_R(1) (0x1028) | 0x0 |  |  |
        F9 | FULL | EN1=0x2; MDLCK=0x2; EN1=0x4; EN2=0x6 | read SRCMD_EN(1) (0x1020) | 0x6 |  |  |
        F10 | ^ |  | read SRCMD_EN(2) (0x1040) | 0x4 |  |  |
        F11 | ^ | MDLCK=0x5; MDLCK=0x8 | read MDLCK (0x40) | 0x7 |  |  |
        F12 | FULL nomdlck | MDLCK=0x2 | read MDLCK (0x40) | 0x1 |  |  |
        F13 | S2M1 | PERM0=0x4; MDLCK=0x2; PERM0=0xf; PERM1=0x8 | read SRCMD_PERM(0) (0x1000) | 0x4 |  |  |
        F14 | FULL msi | MSIADDR=0x100; ERR_CFG=0x103; ERR_CFG=0x4; MSIADDR=0x200 | read ERR_CFG (0x60) | 0x103 |  |  |
        F15 | ^ |  | read ERR_MSIADDR (0x78) | 0x100 |  |  |
        F16 | FULL | ON; HWCFG0=0x0 | read HWCFG0 (0x08) | 0x88000007 |  |  |
        F17 | FULL | ERR_CFG=0x3; ON | s1 R 0x1000 4 | err irq | 0x53 | 0x400 | 1/-
        F18 | ^ | ERR_INFO=1 | read ERR_INFO (0x64) | 0x0 |  |  |
        G1 | FULL stall scp | MDCFG0=2; MDCFG1=4; EN1=0x2; EN2=0x4; E0=NAPOT 0x80000000 +0x1000 r; E2=NAPOT 0x80000000 +0x1000 r; ON; MDSTALL=0x2 | s1 R 0x80000000 4 | hold | 0x0 |  |
        G2 | ^ |  | s2 R 0x80000000 4 | ok |  |  |
        G3 | ^ | EN1=0x0 | s1 R 0x80000000 4 | hold | 0x0 |  |
        G4 | ^ | RRIDSCP=0x1 | read RRIDSCP (0x38) | 0x40000001 |  |  |
        G5 | ^ | RRIDSCP=0x80000001 | s1 R 0x80000000 4 | err | 0x53 | 0x20000000 | 1/-
        G6 | ^ | ERR_INFO=1; RRIDSCP=0x40000002 | s2 R 0x80000000 4 | hold | 0x0 |  |
        G7 | ^ | RRIDSCP=0x9 | read RRIDSCP (0x38) | 0xc0000002 |  |  |
        G8 | ^ | MDSTALLH=0x0; MDSTALL=0x0 | s2 R 0x80000000 4 | ok |  |  |
        G9 | FULL stall | MDCFG0=2; EN1=0x2; EN2=0x4; E0=NAPOT 0x80000000 +0x1000 r; ON; MDSTALL=0x3 | s1 R 0x80000000 4 | ok |  |  |
        G10 | ^ |  | s2 R 0x80000000 4 | hold | 0x0 |  |
        G11 | FULL stall | MDCFG0=2; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 r; ERR_CFG=0x12; ON; MDSTALL=0x2 | s1 R 0x80000000 4 | err irq | 0x73 | 0x20000000 | 1/-
        G12 | FULL stall buf=2 | MDCFG0=2; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 r; ERR_CFG=0x10; ON; MDSTALL=0x2 | s1 R 0x80000000 4 | stall | 0x0 |  |
        G13 | ^ |  | s1 R 0x80000000 4 | stall | 0x0 |  |
        G14 | ^ |  | s1 R 0x80000000 4 | err | 0x73 | 0x20000000 | 1/-
        G15 | ^ | ERR_INFO=1 | s9 R 0x80000000 4 | err | 0x63 | 0x20000000 | 9/-
        G16 | FULL stall no_w | MDCFG0=2; EN1=0x2; ON; MDSTALL=0x2 | s1 W 0x80000000 4 | hold | 0x0 |  |
        G17 | S2M1 stall | E0=NAPOT 0x80000000 +0x1000 r; ON; MDSTALL=0x20 | s6 R 0x80000000 4 | hold | 0x0 |  |
        G18 | COMPACT stall | E0=NAPOT 0x80000000 +0x1000 r; ON; MDSTALL=0x40 | s0 R 0x80000000 4 | ok |  |  |
        G19 | ^ |  | s5 R 0x80000000 4 | hold | 0x0 |  |
        G20 | FULL stall scp unsel=1 | MDCFG0=2; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 r; ON; RRIDSCP=0x40000001 | s1 R 0x80000000 4 | ok |  |  |
        H1 | FULL transl=0x37 | MDCFG0=2; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 r | s7 W 0x12345678 8 | ok | 0x0 |  |
        H2 | ^ | ON | s1 R 0x80000000 4 | ok->0x37 |  |  |
        H3 | FULL transl=0x37 tprog | MDCFG0=2; EN1=0x2; E0=NAPOT 0x80000000 +0x1000 r; ON; HWCFG3=0x00420000 | s1 R 0x80000000 4 | ok->0x42 |  |  |
        H4 | ^ | HWCFG3=0x00428000; HWCFG3=0x00990000 | s1 R 0x80000000 4 | ok->0x42 |  |  |
        """;
}
