using Soc.Memory;

namespace Soc.Checkers.Tests.Gpc;

/// <summary>Memory for granule protection tables: sparse words, counted fetches, and addresses that answer with a bus error.</summary>
internal sealed class GpcTables : IBusDevice
{
    private readonly Dictionary<ulong, ulong> _words = [];

    /// <summary>What every other word holds.</summary>
    public ulong Filling { get; set; }

    public HashSet<ulong> Failing { get; } = [];

    public List<ulong> Fetches { get; } = [];

    public TransactionAttributes LastAttributes { get; private set; }

    public ulong this[ulong address]
    {
        get => _words.GetValueOrDefault(address, Filling);
        set => _words[address] = value;
    }

    public AccessResult Read(in BusAccess access, out ulong value)
    {
        Assert.Equal((8, AccessKind.Load), (access.Size, access.Kind));
        Fetches.Add(access.Offset);
        LastAttributes = access.Attributes;
        value = Failing.Contains(access.Offset) ? 0 : this[access.Offset];
        return Failing.Contains(access.Offset) ? AccessResult.Error : AccessResult.Ok;
    }

    public AccessResult Write(in BusAccess access, ulong value) => AccessResult.Error;
}
