using Soc.Memory;

namespace Soc.Checkers.Gpc;

/// <summary>
/// The granule protection check (arm-filters.md section 4.6). Descriptors come from memory at every check; nothing is remembered
/// here, so what is cached of the verdicts is cached by whoever asks.
/// </summary>
/// <param name="configuration">The registers.</param>
/// <param name="tables">Where descriptors are fetched: in the Root space, not checked themselves.</param>
/// <param name="fetcher">In whose name they are fetched.</param>
internal readonly struct GpcWalk(GpcConfiguration configuration, AddressSpace tables, IInitiator fetcher)
{
    private const ulong AddressField = 0x000F_FFFF_FFFF_F000;

    /// <summary>Checks an address.</summary>
    /// <param name="address">Physical address.</param>
    /// <param name="space">The physical address space of the access.</param>
    /// <param name="state">The security state of the initiator; only GPI 0b1101 looks at it.</param>
    public GpcVerdict Check(ulong address, SecuritySpace space, SecuritySpace state)
    {
        if (!configuration.Enabled)
        {
            return new GpcVerdict(GpcFaultKind.None, 0, 0, ulong.MaxValue);
        }

        if (!configuration.IsSane)
        {
            return Fault(GpcFaultKind.Walk, 0, address);
        }

        if (configuration.IsDisabled(space))
        {
            return Fault(GpcFaultKind.GranuleProtection, 0, address);
        }

        int size = configuration.AddressBits;
        if (address >> size != 0)
        {
            return space == SecuritySpace.NonSecure || configuration.AboveSizeOpen
                ? new GpcVerdict(GpcFaultKind.None, 0, 1UL << size, ulong.MaxValue)
                : Fault(GpcFaultKind.GranuleProtection, 0, address);
        }

        if (configuration.LevelZeroTable >> size != 0)
        {
            return Fault(GpcFaultKind.AddressSize, 0, address);
        }

        int entryBits = configuration.LevelZeroBits;
        if (!Fetch(configuration.LevelZeroTable + (8 * (address >> entryBits)), out ulong entry))
        {
            return Fault(GpcFaultKind.ExternalAbort, 0, address);
        }

        switch (entry & 0xF)
        {
            case 1 when entry >> 8 == 0:
                return Grant(entry >> 4, space, state, 0, address, entryBits);
            case 3 when (entry & ~(AddressField | 0xF)) == 0 && (entry & AddressField) >> size == 0 &&
                    (entry & AddressField & ((1UL << configuration.LevelOneTableBits) - 1)) == 0:
                return LevelOne(entry & AddressField, address, space, state);
            default:
                return Fault(GpcFaultKind.Walk, 0, address);
        }
    }

    private GpcVerdict LevelOne(ulong table, ulong address, SecuritySpace space, SecuritySpace state)
    {
        int granuleBits = configuration.GranuleBits;
        ulong index = (address & ((1UL << configuration.LevelZeroBits) - 1)) >> (granuleBits + 4);
        if (!Fetch(table + (8 * index), out ulong entry))
        {
            return Fault(GpcFaultKind.ExternalAbort, 1, address);
        }

        if ((entry & 0xF) != 1)
        {
            return Grant(entry >> (4 * (int)((address >> granuleBits) & 0xF)), space, state, 1, address, granuleBits);
        }

        int blockBits = (entry >> 8) switch
        {
            1 => 21,
            2 => 25,
            3 => 29,
            _ => 0,
        };
        return blockBits == 0 ? Fault(GpcFaultKind.Walk, 1, address) : Grant(entry >> 4, space, state, 1, address, blockBits);
    }

    private GpcVerdict Grant(ulong information, SecuritySpace space, SecuritySpace state, int level, ulong address, int blockBits)
    {
        SecuritySpace granted;
        switch (information & 0xF)
        {
            case 0b0000:
            case 0b0100 when configuration.SystemAgent:
            case 0b0101 when configuration.NonSecureProtected:
                return Fault(GpcFaultKind.GranuleProtection, level, address);
            case 0b1000 when configuration.Options.HasSecureEl2:
                granted = SecuritySpace.Secure;
                break;
            case 0b1001:
                granted = SecuritySpace.NonSecure;
                break;
            case 0b1010:
                granted = SecuritySpace.Root;
                break;
            case 0b1011:
                granted = SecuritySpace.Realm;
                break;
            case 0b1101 when configuration.NonSecureOnly:
                if (state is SecuritySpace.Secure or SecuritySpace.Realm)
                {
                    return Fault(GpcFaultKind.GranuleProtection, level, address);
                }

                granted = SecuritySpace.NonSecure;
                break;
            case 0b1111:
                granted = space;
                break;
            default:
                return Fault(GpcFaultKind.Walk, level, address);
        }

        ulong block = (1UL << blockBits) - 1;
        return granted == space
            ? new GpcVerdict(GpcFaultKind.None, level, address & ~block, address | block)
            : Fault(GpcFaultKind.GranuleProtection, level, address);
    }

    private static GpcVerdict Fault(GpcFaultKind kind, int level, ulong address) => new(kind, level, address, address);

    private bool Fetch(ulong address, out ulong entry) =>
        tables.Read(fetcher, address, 8, AccessKind.Load, configuration.Options.TableAttributes, out entry) == AccessResult.Ok;
}
