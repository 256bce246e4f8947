using System.Numerics;
using Soc.Memory;

namespace Soc.Checkers;

/// <summary>
/// One protected region of a checker: permitted accesses go on in <see cref="Downstream"/>, refused ones end in
/// <see cref="Blocked"/>. Both spaces are addressed by the physical address, so an answer never moves an access.
/// </summary>
public abstract class CheckerPort : IommuRegion
{
    /// <summary>Offsets from here on, in the region of <see cref="CreateWaiting"/>, tell the owner held accesses from register accesses.</summary>
    public const ulong WaitingOffset = 1UL << 63;

    private const ulong PageMask = 4095;

    /// <summary>Creates the port, its blocked sink and the sink's address space.</summary>
    /// <param name="checker">Whose port it is.</param>
    /// <param name="tree">Where the sink's address space is made.</param>
    /// <param name="name">Name for people.</param>
    /// <param name="baseAddress">Physical address of the region's first byte on the initiators' bus.</param>
    /// <param name="size">Bytes; 0 stands for 2^64.</param>
    /// <param name="downstream">Where permitted accesses go on, at their physical address.</param>
    protected CheckerPort(Checker checker, MemoryTree tree, string name, ulong baseAddress, ulong size, AddressSpace downstream)
        : base(name, size, (checker ?? throw new ArgumentNullException(nameof(checker))).AgentId)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(downstream);
        if (unchecked(baseAddress + (size - 1)) < baseAddress)
        {
            throw new CheckerConfigurationException($"region '{name}' at 0x{baseAddress:x} of checker '{checker.Name}' does not fit into 64 address bits");
        }

        Checker = checker;
        BaseAddress = baseAddress;
        Downstream = downstream;
        LargestMask = MaskLimit(baseAddress, SizeMinusOne);
        var root = new ContainerRegion($"{name}.blocked");
        root.Add(baseAddress, new MmioRegion($"{name}.sink", size, new BlockedSink(this)));
        Blocked = tree.CreateSpace($"{name}.blocked", root);
    }

    /// <summary>Whose port it is.</summary>
    public Checker Checker { get; }

    /// <summary>Physical address of the region's first byte on the initiators' bus.</summary>
    public ulong BaseAddress { get; }

    /// <summary>Where permitted accesses go on, at their physical address.</summary>
    public AddressSpace Downstream { get; }

    /// <summary>Where refused accesses end, at their physical address.</summary>
    public AddressSpace Blocked { get; }

    /// <inheritdoc/>
    public override InvalidationRegistry Registry => Checker.Registry;

    /// <inheritdoc/>
    public override object Snapshot => Checker.Snapshot;

    /// <inheritdoc/>
    public override bool IsStrict => Checker.IsStrict;

    /// <summary>Largest mask an answer of this port may have: blocks of offsets must be blocks of addresses, and no larger than the port.</summary>
    protected ulong LargestMask { get; }

    /// <summary>What a refused access does beside being refused; nothing unless a checker says otherwise.</summary>
    /// <param name="access">The access as the sink sees it.</param>
    /// <param name="physicalAddress">Its physical address.</param>
    protected internal virtual void OnRefused(in BusAccess access, ulong physicalAddress)
    {
    }

    /// <summary>Judges an executed access under the current snapshot, completely.</summary>
    /// <param name="access">The access as the sink sees it.</param>
    /// <param name="physicalAddress">Its physical address.</param>
    protected internal abstract Verdict Judge(in BusAccess access, ulong physicalAddress);

    /// <summary>
    /// The mask of the largest naturally aligned power-of-two block around an address that lies inside an interval and that
    /// this port may answer for.
    /// </summary>
    /// <param name="address">Physical address.</param>
    /// <param name="first">First address of the interval, at most <paramref name="address"/>.</param>
    /// <param name="last">Last address, inclusive.</param>
    protected ulong MaskWithin(ulong address, ulong first, ulong last)
    {
        // A block around the address stays clear of a neighbour exactly as long as it is not larger than the highest bit in
        // which the two differ.
        ulong mask = LargestMask;
        if (first != 0)
        {
            mask = Math.Min(mask, (1UL << BitOperations.Log2(address ^ (first - 1))) - 1);
        }

        if (last != ulong.MaxValue)
        {
            mask = Math.Min(mask, (1UL << BitOperations.Log2(address ^ (last + 1))) - 1);
        }

        return mask;
    }

    /// <summary>
    /// Makes a space, addressed by the physical address, whose accesses wait for the owner's answer: they reach
    /// <see cref="Checker.Access"/> at <see cref="WaitingOffset"/> plus their offset in the port.
    /// </summary>
    private protected AddressSpace CreateWaiting(MemoryTree tree)
    {
        var root = new ContainerRegion($"{Name}.waiting");
        root.Add(BaseAddress, new AliasRegion($"{Name}.stalled", new RemoteRegion($"{Name}.stall", 0, Checker.AgentId), WaitingOffset, SizeMinusOne + 1));
        return tree.CreateSpace($"{Name}.waiting", root);
    }

    private static ulong MaskLimit(ulong baseAddress, ulong sizeMinusOne)
    {
        ulong bySize = sizeMinusOne == ulong.MaxValue ? ulong.MaxValue : (1UL << BitOperations.Log2(sizeMinusOne + 1)) - 1;
        ulong byBase = baseAddress == 0 ? ulong.MaxValue : (1UL << BitOperations.TrailingZeroCount(baseAddress)) - 1;

        // A region smaller than a page may still answer for its whole page: nothing else of the page reaches this port.
        return Math.Min(Math.Max(bySize, PageMask), byBase);
    }
}
