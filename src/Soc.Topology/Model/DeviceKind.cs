namespace Soc.Topology;

/// <summary>The passive devices that a topology can hold.</summary>
public enum DeviceKind : byte
{
    /// <summary>NS16550A UART, byte-wide registers.</summary>
    Ns16550,

    /// <summary>MSWI at 0x0, MTIMER at 0x4000 (SiFive's CLINT layout).</summary>
    Clint,

    /// <summary>ACLINT machine-level software interrupts.</summary>
    AclintMswi,

    /// <summary>ACLINT machine-level timer: comparators first, mtime at 0x7ff8.</summary>
    AclintMtimer,

    /// <summary>ACLINT supervisor-level software interrupts.</summary>
    AclintSswi,

    /// <summary>Platform-level interrupt controller; contexts M, S of hart 0, M, S of hart 1 and so on.</summary>
    Plic,

    /// <summary>SiFive test finisher: ends the run with an exit code.</summary>
    TestFinisher,

    /// <summary>Where a guest marks what it wants to be measured; of the simulator, no hardware has it.</summary>
    StudyPort,

    /// <summary>Registers that keep what is written: something that is not memory behind a checker.</summary>
    Scratch,

    /// <summary>Goldfish real-time clock; starts at a time that the topology says.</summary>
    GoldfishRtc,

    /// <summary>System controller whose one register ends the run or resets.</summary>
    Syscon,

    /// <summary>Parallel flash, read-only: filled from an image.</summary>
    CfiFlash,

    /// <summary>APLIC: the machine-level root domain, which has the wires.</summary>
    AplicMachine,

    /// <summary>APLIC: the supervisor-level domain, the root's child.</summary>
    AplicSupervisor,

    /// <summary>IMSIC: machine-level interrupt files, one page for each hart.</summary>
    ImsicMachine,

    /// <summary>IMSIC: supervisor-level interrupt files, one page for each hart.</summary>
    ImsicSupervisor,
}
