"""What a notebook shows and where a person clicks: tables, drop-downs, findings on their page, HTML copies, studies."""
