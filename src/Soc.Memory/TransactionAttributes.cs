namespace Soc.Memory;

/// <summary>
/// What a transaction carries beside its address: 8 bytes, compared by value (softtlb.md section 1.5).
/// Attributes pass unchanged through every level of the memory tree.
/// </summary>
/// <remarks>
/// Layout: bit 0 specified, 1 secure, 3:2 space, 4 user, 5 memory-only, 6 debug, 7 process id valid,
/// 15:8 world id, 39:16 requester id, 59:40 process id, 61:60 security state (exclusive-or with the space), 62 table walk.
/// </remarks>
public readonly record struct TransactionAttributes
{
    private const ulong SpecifiedBit = 1UL << 0;
    private const ulong SecureBit = 1UL << 1;
    private const ulong UserBit = 1UL << 4;
    private const ulong MemoryOnlyBit = 1UL << 5;
    private const ulong DebugBit = 1UL << 6;
    private const ulong ProcessIdValidBit = 1UL << 7;
    private const ulong TableWalkBit = 1UL << 62;
    private const int SpaceShift = 2;
    private const int StateShift = 60;

    private readonly ulong _bits;

    private TransactionAttributes(ulong bits) => _bits = bits;

    /// <summary>The initiator gave no attributes; distinct from "all zero".</summary>
    public static TransactionAttributes Unspecified => default;

    /// <summary>Attributes with every field zero, but specified.</summary>
    public static TransactionAttributes Specified => new(SpecifiedBit);

    /// <summary>Debugger and image-loader accesses: no side effects, checkers are passed by.</summary>
    public static TransactionAttributes DebugAccess => new(SpecifiedBit | DebugBit);

    /// <summary>The initiator gave no attributes.</summary>
    public bool IsUnspecified => (_bits & SpecifiedBit) == 0;

    /// <summary>TrustZone secure.</summary>
    public bool IsSecure => (_bits & SecureBit) != 0;

    /// <summary>Arm security space.</summary>
    public SecuritySpace Space => (SecuritySpace)((_bits >> SpaceShift) & 3);

    /// <summary>Arm security state of the initiator: the one named like <see cref="Space"/> unless <see cref="WithSpace(SecuritySpace, SecuritySpace)"/> said otherwise.</summary>
    public SecuritySpace State => (SecuritySpace)(((_bits >> StateShift) ^ (_bits >> SpaceShift)) & 3);

    /// <summary>Unprivileged.</summary>
    public bool IsUser => (_bits & UserBit) != 0;

    /// <summary>Restricted to memory: a device answers <see cref="AccessResult.AccessError"/>.</summary>
    public bool IsMemoryOnly => (_bits & MemoryOnlyBit) != 0;

    /// <summary>Debugger access: must not have side effects.</summary>
    public bool IsDebug => (_bits & DebugBit) != 0;

    /// <summary>Reads or updates an entry of a page table.</summary>
    public bool IsTableWalk => (_bits & TableWalkBit) != 0;

    /// <summary>WorldGuard world id (WID), 0..255 (worldguard.md uses 0..31).</summary>
    public byte WorldId => (byte)(_bits >> 8);

    /// <summary>Bus master or device id, 24 bits.</summary>
    public uint RequesterId => (uint)(_bits >> 16) & 0xFFFFFF;

    /// <summary>Whether <see cref="ProcessId"/> is meant.</summary>
    public bool HasProcessId => (_bits & ProcessIdValidBit) != 0;

    /// <summary>Process id (PASID), 20 bits.</summary>
    public uint ProcessId => (uint)(_bits >> 40) & 0xFFFFF;

    /// <summary>The same with another world id.</summary>
    public TransactionAttributes WithWorld(byte worldId) => new((_bits & ~(0xFFUL << 8)) | SpecifiedBit | ((ulong)worldId << 8));

    /// <summary>The same with another requester id (24 bits used).</summary>
    public TransactionAttributes WithRequester(uint requesterId) =>
        new((_bits & ~(0xFFFFFFUL << 16)) | SpecifiedBit | ((ulong)(requesterId & 0xFFFFFF) << 16));

    /// <summary>The same with a process id (20 bits used).</summary>
    public TransactionAttributes WithProcess(uint processId) =>
        new((_bits & ~(0xFFFFFUL << 40)) | SpecifiedBit | ProcessIdValidBit | ((ulong)(processId & 0xFFFFF) << 40));

    /// <summary>The same with the TrustZone secure bit set or clear.</summary>
    public TransactionAttributes WithSecure(bool secure) => With(SecureBit, secure);

    /// <summary>The same in another Arm security space, sent by the state of that name.</summary>
    public TransactionAttributes WithSpace(SecuritySpace space) => WithSpace(space, space);

    /// <summary>The same in another Arm security space, sent by a state that may use it: Root software reaches Non-secure memory so.</summary>
    public TransactionAttributes WithSpace(SecuritySpace space, SecuritySpace state) => new(
        (_bits & ~((3UL << SpaceShift) | (3UL << StateShift))) | SpecifiedBit | ((ulong)space << SpaceShift) | ((ulong)(space ^ state) << StateShift));

    /// <summary>The same as an access to an entry of a page table, or not.</summary>
    public TransactionAttributes WithTableWalk(bool tableWalk) => With(TableWalkBit, tableWalk);

    /// <summary>The same with the unprivileged bit set or clear.</summary>
    public TransactionAttributes WithUser(bool user) => With(UserBit, user);

    /// <summary>The same restricted to memory, or not.</summary>
    public TransactionAttributes WithMemoryOnly(bool memoryOnly) => With(MemoryOnlyBit, memoryOnly);

    /// <summary>The same with the debug bit set or clear.</summary>
    public TransactionAttributes WithDebug(bool debug) => With(DebugBit, debug);

    /// <summary>The raw 64 bits, for messages and hashing.</summary>
    public ulong ToBits() => _bits;

    /// <summary>The inverse of <see cref="ToBits"/>.</summary>
    public static TransactionAttributes FromBits(ulong bits) => new(bits);

    private TransactionAttributes With(ulong bit, bool on) => new((on ? _bits | bit : _bits & ~bit) | SpecifiedBit);
}
